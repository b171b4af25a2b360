import { describe, expect, it } from "vitest";
import type { Member } from "@/api/types";
import { type AccessForm, accessProblem, fromAccessForm, sameAccess, toAccessForm, withGrant } from "./access";

const grant = (board_id: string, can_read: boolean, can_write: boolean) => ({ board_id, can_read, can_write });

function member(all_boards_read: boolean, all_boards_write: boolean, grants: ReturnType<typeof grant>[] = []) {
  return { all_boards_read, all_boards_write, board_access: grants } as unknown as Member;
}

describe("toAccessForm", () => {
  it.each([
    ["writing everywhere", member(true, true), { scope: "all-write", boards: {} }],
    ["writing everywhere, said alone", member(false, true), { scope: "all-write", boards: {} }],
    ["reading everywhere", member(true, false), { scope: "all-read", boards: {} }],
    [
      "single boards; a right to write implies reading, an empty right is none",
      member(false, false, [grant("a", true, false), grant("b", false, true), grant("c", false, false)]),
      { scope: "boards", boards: { a: "read", b: "write" } },
    ],
  ])("takes over %s", (_name, from, expected) => {
    expect(toAccessForm(from)).toEqual(expected);
  });
});

it("sends rights on single boards only when they count", () => {
  const boards = { a: "write", b: "read" } as const;
  expect(fromAccessForm({ scope: "boards", boards })).toEqual({
    all_boards_read: false,
    all_boards_write: false,
    board_access: [grant("a", true, true), grant("b", true, false)],
  });
  expect(fromAccessForm({ scope: "all-read", boards }).board_access).toEqual([]);
});

it("knows no writing without reading", () => {
  const none: AccessForm = { scope: "boards", boards: {} };
  const writes = withGrant(none, "a", "write", true);
  expect(writes.boards).toEqual({ a: "write" });
  expect(withGrant(writes, "a", "write", false).boards).toEqual({ a: "read" });
  expect(withGrant(writes, "a", "read", false).boards).toEqual({});
});

it("asks for at least one board", () => {
  expect(accessProblem({ scope: "boards", boards: {} })).toMatch(/at least one/);
  expect(accessProblem({ scope: "boards", boards: { a: "read" } })).toBeNull();
  expect(accessProblem({ scope: "all-read", boards: {} })).toBeNull();
});

it("finds no change where only unused rights differ", () => {
  expect(sameAccess({ scope: "all-read", boards: { a: "read" } }, { scope: "all-read", boards: {} })).toBe(true);
  expect(sameAccess({ scope: "boards", boards: { a: "read" } }, { scope: "boards", boards: { a: "write" } })).toBe(
    false,
  );
});
