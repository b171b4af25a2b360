import { beforeEach, expect, it } from "vitest";
import { forgetToken, inviteLink, keepToken, keptToken, tokenIn } from "./inviteLink";

beforeEach(() => sessionStorage.clear());

it("puts the token where no server sees it, and finds it again", () => {
  const link = inviteLink("a+b/c", "https://mc.example");
  expect(new URL(link).search).toBe("");
  expect(tokenIn(new URL(link))).toBe("a+b/c");
});

it.each([
  ["https://mc.example/invite?token=abc", "abc"],
  ["https://mc.example/invite?token=%20", null],
  ["https://mc.example/invite", null],
])("reads %s", (address, expected) => {
  expect(tokenIn(new URL(address))).toBe(expected);
});

it("keeps the token for this tab until it is used", () => {
  keepToken("abc");
  expect(keptToken()).toBe("abc");
  forgetToken();
  expect(keptToken()).toBe("");
});
