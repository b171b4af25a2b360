import { expect, it } from "vitest";
import { NEW_TAG, tagProblems, toCreate, toUpdate } from "./form";

it("leaves the slug to the server unless one was typed", () => {
  expect(toCreate({ ...NEW_TAG, name: " Urgent ", color: "#FF0000" })).toEqual({
    name: "Urgent",
    slug: null,
    color: "ff0000",
    description: null,
  });
});

it("sends only what was changed", () => {
  expect(toUpdate({ description: " " })).toEqual({ description: null });
  expect(toUpdate({ name: "x" })).toEqual({ name: "x" });
});

it("names what is wrong", () => {
  expect(tagProblems({ ...NEW_TAG, color: "red" })).toEqual({
    name: expect.stringContaining("name"),
    color: expect.stringContaining("six"),
  });
  expect(tagProblems({ ...NEW_TAG, name: "x" })).toEqual({});
});
