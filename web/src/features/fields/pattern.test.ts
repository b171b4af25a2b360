import { expect, it } from "vitest";
import { tryPattern } from "./pattern";

it.each([
  ["[A-Z]+-\\d+", "ABC-12", "matches"],
  ["[A-Z]+-\\d+", "see ABC-12", "differs"],
  ["a|b", "ab", "differs"],
  ["(?i)abc", "ABC", "matches"],
  ["\\Aabc\\Z", "abc", "matches"],
  ["(?=a)a", "a", "invalid"],
  ["(a)\\1", "aa", "invalid"],
  ["a\\\\1", "a\\1", "matches"],
  ["(", "", "untried"],
])("%s on %j: %s", (pattern, sample, kind) => {
  expect(tryPattern(pattern, sample).kind).toBe(kind);
});
