import { expect, it } from "vitest";
import { NEW_PACK, packProblems, toCreate, toUpdate } from "./packForm";

it.each([
  ["https://github.com/owner/repository", true],
  [" https://github.com/owner/repository/ ", true],
  ["https://github.com/owner", false],
  ["https://github.com/owner/repository/tree/main", false],
  ["https://example.org/owner/repository", false],
  ["", false],
])("a pack may be at %j: %j", (address, fits) => {
  expect(packProblems({ ...NEW_PACK, address }).address === undefined).toBe(fits);
});

it("what is left empty is left to the server", () => {
  expect(toCreate({ address: " https://github.com/a/b ", branch: " ", name: "", description: " " })).toEqual({
    source_url: "https://github.com/a/b",
    branch: "main",
    metadata: {},
  });
  expect(toUpdate({ name: " ", description: "" })).toEqual({ name: null, description: null });
  expect(toUpdate({ branch: "stable " })).toEqual({ branch: "stable" });
});
