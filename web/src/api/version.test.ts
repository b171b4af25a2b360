import { expect, it } from "vitest";
import { ifUnchanged } from "./version";

it.each([
  ["2026-11-21T12:41:42.000001", `"${(1795264902000001n).toString(16)}"`],
  ["2026-11-21T12:41:42.5", `"${(1795264902500000n).toString(16)}"`],
  ["2026-11-21T12:41:42", `"${(1795264902000000n).toString(16)}"`],
])("names the version of %s", (updated_at, tag) => {
  expect(ifUnchanged({ updated_at })).toEqual({ "If-Match": tag });
});

it("sets no condition where the time is not one of the server's", () => {
  expect(ifUnchanged({ updated_at: "yesterday" })).toEqual({});
});
