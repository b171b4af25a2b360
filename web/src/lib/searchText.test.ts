import { expect, it } from "vitest";
import { searchText, searchTexts } from "./searchText";

it.each([
  ["login", "login"],
  [" two words ", " two words "],
  [404, "404"],
  ["  ", undefined],
  [true, undefined],
  [["a"], undefined],
  [undefined, undefined],
])("the text of %j is %j", (value, text) => {
  expect(searchText(value)).toBe(text);
});

it("only the named texts are read", () => {
  expect(searchTexts({ q: "a ", board: "", other: "b" }, ["q", "board"])).toEqual({ q: "a " });
});
