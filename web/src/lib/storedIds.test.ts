import { beforeEach, expect, it } from "vitest";
import { storedIds } from "./storedIds";

beforeEach(() => localStorage.clear());

it("keeps the newest first, each once, and no more than it may", () => {
  const ids = storedIds("mc.test", 2);
  for (const id of ["a", "b", "a", "c"]) ids.add(id);
  expect(ids.get()).toEqual(["c", "a"]);
  expect(storedIds("mc.test", 2).get()).toEqual(["c", "a"]);
  ids.remove("c");
  expect(ids.get()).toEqual(["a"]);
});

it("begins anew when what is stored is no list of ids", () => {
  localStorage.setItem("mc.test", '{"a":1}');
  expect(storedIds("mc.test", 2).get()).toEqual([]);
  localStorage.setItem("mc.test", "not JSON");
  expect(storedIds("mc.test", 2).get()).toEqual([]);
});
