import type { Member, Role } from "@/api/types";

/** The roles, the least first, each with what it means. */
export const ROLES: { value: Role; label: string; note: string }[] = [
  { value: "member", label: "Member", note: "Works on boards, as far as the access below goes." },
  { value: "admin", label: "Administrator", note: "Also manages members, agents, gateways, tags and fields." },
  { value: "owner", label: "Owner", note: "Also names owners and can delete the organization." },
];

/** The role in a word. */
export function roleLabel(role: string): string {
  return ROLES.find((entry) => entry.value === role)?.label ?? role;
}

/** The name of a member for people. */
export function memberName(member: Member): string {
  const { user } = member;
  return user?.preferred_name?.trim() || user?.name?.trim() || user?.email || "Unnamed member";
}

/** Why nobody with this role can be invited by the signed-in member; `null` when it is possible. */
export function inviteRoleReason(own: Role, role: Role): string | null {
  return role === "owner" && own !== "owner" ? "Only owners can name owners." : null;
}

/** Why the signed-in member cannot give another one (or itself) this role; `null` when it is possible. */
export function roleReason(own: Member, target: Member, role: Role, owners: number): string | null {
  if (role === target.role) return null;
  if (own.role !== "owner" && (role === "owner" || target.role === "owner")) {
    return "Only owners can name owners, or change an owner's role.";
  }
  if (target.role === "owner" && owners <= 1) return "The last owner stays one. Name another owner first.";
  return null;
}

/** Why the signed-in member cannot remove another one; `null` when it is possible. */
export function removeReason(own: Member, target: Member, owners: number): string | null {
  if (own.id === target.id) return "You cannot remove yourself. Leave the organization instead.";
  if (target.role === "owner" && own.role !== "owner") return "Only owners can remove an owner.";
  if (target.role === "owner" && owners <= 1) return "The last owner cannot be removed.";
  return null;
}

/** Why the signed-in member cannot leave; `null` when it is possible. */
export function leaveReason(own: Member, owners: number, members: number): string | null {
  if (own.role !== "owner" || owners > 1) return null;
  return members > 1
    ? "You are the last owner. Hand the organization over first."
    : "You are the only member. Delete the organization instead.";
}
