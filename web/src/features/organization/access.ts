import type { Invite, Member, MemberAccess } from "@/api/types";

/** What somebody may do with a board. */
export type BoardGrant = "read" | "write";

/** Rights on boards as the form holds them: one right on every board, or rights on single ones. */
export interface AccessForm {
  scope: "all-write" | "all-read" | "boards";
  /** Rights on single boards, by the board's id; they count only when `scope` is `boards`. */
  boards: Readonly<Record<string, BoardGrant>>;
}

/** What is asked of somebody who is new: to look at everything, to change nothing. */
export const READER: AccessForm = { scope: "all-read", boards: {} };

/** Fills the form from a membership that was read with its rights on single boards. */
export function toAccessForm(
  member: Pick<Member, "all_boards_read" | "all_boards_write" | "board_access">,
): AccessForm {
  const boards: Record<string, BoardGrant> = {};
  for (const grant of member.board_access) {
    if (grant.can_write) boards[grant.board_id] = "write";
    else if (grant.can_read) boards[grant.board_id] = "read";
  }
  const scope = member.all_boards_write ? "all-write" : member.all_boards_read ? "all-read" : "boards";
  return { scope, boards };
}

/** The form as the server takes it. Writing implies reading. */
export function fromAccessForm(form: AccessForm): MemberAccess {
  const single = form.scope === "boards" ? Object.entries(form.boards) : [];
  return {
    all_boards_read: form.scope !== "boards",
    all_boards_write: form.scope === "all-write",
    board_access: single.map(([board_id, grant]) => ({ board_id, can_read: true, can_write: grant === "write" })),
  };
}

/** Whether two forms ask for the same rights. */
export function sameAccess(a: AccessForm, b: AccessForm): boolean {
  if (a.scope !== b.scope) return false;
  if (a.scope !== "boards") return true;
  const boards = Object.keys(a.boards);
  return boards.length === Object.keys(b.boards).length && boards.every((board) => a.boards[board] === b.boards[board]);
}

/** Why the rights cannot be given like this; `null` when they can. */
export function accessProblem(form: AccessForm): string | null {
  return form.scope === "boards" && Object.keys(form.boards).length === 0 ? "Choose at least one board." : null;
}

/** The right on one board after one of its boxes was ticked or cleared: no writing without reading. */
export function withGrant(form: AccessForm, board: string, box: BoardGrant, ticked: boolean): AccessForm {
  const boards = { ...form.boards };
  if (box === "read" && !ticked) delete boards[board];
  else boards[board] = box === "write" && ticked ? "write" : "read";
  return { ...form, boards };
}

/** Rights on boards in a few words. Lists do not tell single boards, so they are only called selected. */
export function accessSummary(rights: Pick<Member | Invite, "all_boards_read" | "all_boards_write">): string {
  if (rights.all_boards_write) return "All boards, read and write";
  return rights.all_boards_read ? "All boards, read only" : "Selected boards";
}
