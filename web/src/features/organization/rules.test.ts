import { describe, expect, it } from "vitest";
import type { Member, Role } from "@/api/types";
import { inviteRoleReason, leaveReason, memberName, removeReason, roleReason } from "./rules";

const member = (id: string, role: Role) => ({ id, role, user: null }) as unknown as Member;

describe("roleReason", () => {
  it.each([
    ["an owner names an owner", "owner", "member", "owner", 1, true],
    ["an owner demotes another owner", "owner", "owner", "member", 2, true],
    ["the last owner steps down", "owner", "owner", "member", 1, false],
    ["an administrator names an owner", "admin", "member", "owner", 1, false],
    ["an administrator demotes an owner", "admin", "owner", "member", 2, false],
    ["an administrator names an administrator", "admin", "member", "admin", 1, true],
    ["nothing changes", "admin", "owner", "owner", 1, true],
  ] as const)("%s", (_name, own, target, role, owners, possible) => {
    expect(roleReason(member("a", own), member("b", target), role, owners) === null).toBe(possible);
  });
});

it("lets only owners invite owners", () => {
  expect(inviteRoleReason("admin", "owner")).toMatch(/owners/);
  expect(inviteRoleReason("admin", "admin")).toBeNull();
  expect(inviteRoleReason("owner", "owner")).toBeNull();
});

it.each([
  ["oneself", member("a", "admin"), member("a", "admin"), 1, false],
  ["an owner, by an administrator", member("a", "admin"), member("b", "owner"), 2, false],
  ["an owner, by an owner", member("a", "owner"), member("b", "owner"), 2, true],
  ["a member, by an administrator", member("a", "admin"), member("b", "member"), 1, true],
])("removing %s", (_name, own, target, owners, possible) => {
  expect(removeReason(own, target, owners) === null).toBe(possible);
});

it("keeps the last owner, and says what to do instead", () => {
  expect(leaveReason(member("a", "owner"), 1, 3)).toMatch(/Hand/);
  expect(leaveReason(member("a", "owner"), 1, 1)).toMatch(/Delete/);
  expect(leaveReason(member("a", "owner"), 2, 3)).toBeNull();
  expect(leaveReason(member("a", "member"), 1, 3)).toBeNull();
});

it("calls members as they want to be called", () => {
  const user = { id: "u", email: "ada@example.org", name: "Ada Lovelace", preferred_name: " " };
  expect(memberName({ ...member("a", "member"), user })).toBe("Ada Lovelace");
  expect(memberName(member("a", "member"))).toBe("Unnamed member");
});
