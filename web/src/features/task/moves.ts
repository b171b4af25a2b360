import type { Approval, Board, TaskCard, TaskStatus } from "@/api/types";
import { STATUS_LABEL } from "./status";

/** What the board's rules say about a move, before the server is asked. */
export interface MoveVerdict {
  /** `refused` is certain; `doubtful` leaves the decision to the server. */
  outcome: "allowed" | "refused" | "doubtful";
  /** Why a move is refused or doubtful. */
  reason: string | null;
  /** The rules ask for a comment with this move. */
  needsComment: boolean;
}

const ALLOWED: MoveVerdict = { outcome: "allowed", reason: null, needsComment: false };

type Rules = Pick<
  Board,
  | "require_approval_for_done"
  | "require_review_before_done"
  | "comment_required_for_review"
  | "block_status_changes_with_pending_approval"
>;

/** Judges a move by the board's rules. The server has the last word; this only saves a useless try and says why. */
export function judgeMove(
  task: TaskCard,
  target: TaskStatus,
  board: Rules,
  approvals: Pick<Approval, "task_id" | "task_ids" | "status">[],
): MoveVerdict {
  if (task.status === target) return ALLOWED;
  if (task.is_blocked && target !== "inbox") {
    const count = task.blocked_by_task_ids?.length ?? 0;
    return refused(`Blocked by ${count === 1 ? "another task" : `${count} other tasks`}.`);
  }
  if (board.block_status_changes_with_pending_approval && task.approvals_pending_count > 0) {
    return refused("An approval for this task is still to be decided.");
  }
  if (target === "done") {
    if (board.require_review_before_done && task.status !== "review") {
      return refused(`Has to be in ${STATUS_LABEL.review} first.`);
    }
    if (board.require_approval_for_done && !approvals.some((approval) => approves(approval, task.id))) {
      return { outcome: "doubtful", reason: "Needs an approval that was granted.", needsComment: false };
    }
  }
  return { ...ALLOWED, needsComment: target === "review" && board.comment_required_for_review };
}

/** The columns left and right of a task's own; null at the edge. */
export function neighbour(statuses: readonly TaskStatus[], from: TaskStatus, step: -1 | 1): TaskStatus | null {
  return statuses[statuses.indexOf(from) + step] ?? null;
}

function refused(reason: string): MoveVerdict {
  return { outcome: "refused", reason, needsComment: false };
}

function approves(approval: Pick<Approval, "task_id" | "task_ids" | "status">, task: string): boolean {
  return approval.status === "approved" && (approval.task_id === task || Boolean(approval.task_ids?.includes(task)));
}
