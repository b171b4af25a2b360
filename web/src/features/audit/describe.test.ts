import { expect, it } from "vitest";
import type { AuditEntry } from "@/api/types";
import { actorOf, detailsOf, titleOf, toneOf } from "./describe";

const entry = (part: Partial<AuditEntry>) =>
  ({ kind: "x", actor_kind: "user", actor_name: null, message: null, data: null, ...part }) as AuditEntry;

it("names who did it, also when nobody is known", () => {
  expect(actorOf(entry({ actor_name: "Ada" }))).toBe("Ada");
  expect(actorOf(entry({ actor_kind: "anonymous" }))).toBe("Nobody known");
  expect(actorOf(entry({ actor_kind: "system" }))).toBe("The server");
});

it("spells out kinds that it does not know", () => {
  expect(titleOf("organization.member.role_changed")).toBe("Role changed");
  expect(titleOf("skill_pack.synced")).toBe("Skill pack synced");
  expect(toneOf("auth.refused")).toBe("danger");
});

it("tells a role before and after", () => {
  const changed = entry({
    kind: "organization.member.role_changed",
    message: "Changed the role of Ada from member to admin",
    data: { board_id: null, agent_id: null, data: { role: "admin", all_boards_read: true } } as never,
  });
  expect(detailsOf(changed)).toEqual([
    { name: "Role", before: "member", after: "admin" },
    { name: "All boards read", after: "yes" },
  ]);
});

it("reads changes in pairs, and bears anything else", () => {
  const data = { data: { changes: { name: { before: "a", after: "b" }, url: "c" } } } as never;
  expect(detailsOf(entry({ data }))).toEqual([
    { name: "Name", before: "a", after: "b" },
    { name: "Url", after: "c" },
  ]);
  expect(detailsOf(entry({ data: null }))).toEqual([]);
});
