import { useQuery } from "@tanstack/react-query";
import { membershipQuery } from "@/api/queries/organization";
import type { Membership } from "@/api/types";

/** What the user may do, and the sentence that explains a no. `null` as a reason means yes. */
export interface Permission {
  allowed: boolean;
  /** Whether the rights are loaded. Until then a page shows neither its content nor a refusal. */
  known: boolean;
  /** Why not; also while it is not known yet. */
  reason: string | null;
}

const UNKNOWN: Permission = { allowed: false, known: false, reason: "Your rights are still being loaded." };
const YES: Permission = { allowed: true, known: true, reason: null };
const no = (reason: string): Permission => ({ allowed: false, known: true, reason });

/** Whether a member may change one board. Roles alone give no rights on boards. */
export function boardWrite(member: Membership | undefined, board: string): Permission {
  if (!member) return UNKNOWN;
  const grant = member.board_access?.find((access) => access.board_id === board);
  if (member.all_boards_write || grant?.can_write) return YES;
  return no(
    isAdmin(member)
      ? "You administer this organization but have no write access to this board. Grant it to yourself first."
      : "You can read this board but not change it. Ask an administrator for write access.",
  );
}

/** Whether a member administers the organization. */
export function organizationAdmin(member: Membership | undefined): Permission {
  if (!member) return UNKNOWN;
  return isAdmin(member) ? YES : no("Only administrators of the organization can do this.");
}

/** Whether a member owns the organization. */
export function organizationOwner(member: Membership | undefined): Permission {
  if (!member) return UNKNOWN;
  return member.role === "owner" ? YES : no("Only owners of the organization can do this.");
}

/** Whether the signed-in user may change this board. */
export function useBoardWrite(board: string): Permission {
  return boardWrite(useQuery(membershipQuery).data, board);
}

/** Whether the signed-in user administers the active organization. */
export function useOrganizationAdmin(): Permission {
  return organizationAdmin(useQuery(membershipQuery).data);
}

function isAdmin(member: Membership): boolean {
  return member.role === "admin" || member.role === "owner";
}
