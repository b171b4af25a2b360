import { beforeEach, expect, it } from "vitest";
import type { User } from "@/api/types";
import { asksForProfile, isProfileComplete, knownName, putOffProfile } from "./gate";

const user = (part: Partial<User>) => ({ id: "u1", name: null, preferred_name: null, timezone: null, ...part }) as User;

beforeEach(() => localStorage.clear());

it.each([
  [{ name: "Ada", timezone: "UTC" }, true],
  [{ preferred_name: "Ada", timezone: "UTC" }, true],
  [{ name: "Ada" }, false],
  [{ name: " ", timezone: "UTC" }, false],
])("%o is complete: %s", (part, complete) => {
  expect(isProfileComplete(user(part))).toBe(complete);
});

it("asks until the profile is complete or put off, and each user for oneself", () => {
  expect(asksForProfile(user({ name: "Ada", timezone: "UTC" }))).toBe(false);
  expect(asksForProfile(user({}))).toBe(true);
  putOffProfile(user({}));
  expect(asksForProfile(user({}))).toBe(false);
  expect(asksForProfile(user({ id: "u2" }))).toBe(true);
});

it("takes the name of the local user for none", () => {
  expect(knownName(user({ name: "Local User" }))).toBe("");
  expect(knownName(user({ name: "Ada Lovelace", preferred_name: "Ada" }))).toBe("Ada");
});
