import { describe, expect, it } from "vitest";
import type { Membership } from "@/api/types";
import { boardWrite, organizationAdmin } from "./permissions";

function member(overrides: Partial<Membership>): Membership {
  return {
    id: "m1",
    organization_id: "org",
    user_id: "u1",
    role: "member",
    all_boards_read: false,
    all_boards_write: false,
    board_access: [],
    created_at: "2026-01-01T00:00:00",
    updated_at: "2026-01-01T00:00:00",
    ...overrides,
  } as Membership;
}

const grant = (can_write: boolean) => [
  { id: "g1", board_id: "b1", can_read: true, can_write, created_at: "2026-01-01", updated_at: "2026-01-01" },
];

describe("boardWrite", () => {
  it.each([
    ["all boards", { all_boards_write: true }, true],
    ["this board", { board_access: grant(true) }, true],
    ["reading this board", { board_access: grant(false) }, false],
    ["reading all boards", { all_boards_read: true }, false],
    ["the role alone", { role: "owner" }, false],
  ])("follows from %s", (_name, overrides, allowed) => {
    const permission = boardWrite(member(overrides as Partial<Membership>), "b1");
    expect(permission.allowed).toBe(allowed);
    expect(permission.reason === null).toBe(allowed);
  });

  it("is not denied for good while it is not known", () => {
    expect(boardWrite(undefined, "b1")).toEqual({
      allowed: false,
      known: false,
      reason: expect.stringContaining("loaded"),
    });
  });

  it("tells an administrator that the role gives no rights on boards", () => {
    expect(boardWrite(member({ role: "admin" }), "b1").reason).toContain("administer");
  });
});

it.each([
  ["owner", true],
  ["admin", true],
  ["member", false],
])("organizationAdmin(%s) is %s", (role, allowed) => {
  expect(organizationAdmin(member({ role })).allowed).toBe(allowed);
});
