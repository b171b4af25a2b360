import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, Suspense, useCallback, useRef, useState } from "react";
import { ApiError, messageOf } from "@/api/errors";
import type { TaskCard, TaskStatus, TaskUpdate } from "@/api/types";
import type { Permission } from "@/features/session/permissions";
import type { MoveVerdict } from "@/features/task/moves";
import { useUpdateTask } from "@/features/task/mutations";
import { STATUS_LABEL } from "@/features/task/status";
import { late } from "@/lib/late";
import { notifyError, notifyInfo } from "@/lib/notify";

const MoveCommentDialog = late(() => import("./MoveCommentDialog"));

interface Options {
  boardId: string;
  tasks: TaskCard[];
  write: Permission;
  judge: (task: TaskCard, target: TaskStatus) => MoveVerdict;
  /** Says what a move did to assistive technology. */
  announce: (text: string) => void;
}

interface CommentRequest {
  task: TaskCard;
  target: TaskStatus;
  also: TaskUpdate | null;
  /** What the server said when it refused the move without a comment. */
  refusal: string | null;
}

/** Moves a task; `also` changes more of it in the same request. */
export type Move = (task: TaskCard, target: TaskStatus, also?: TaskUpdate | null) => void;

interface Moves {
  move: Move;
  /** The question for a comment, when a move needs one. */
  dialog: ReactNode;
}

/** Moving tasks between states: at once on screen, taken back with the reason when the server refuses. */
export function useMoveTask({ boardId, tasks, write, judge, announce }: Options): Moves {
  const navigate = useNavigate();
  const { mutateAsync } = useUpdateTask(boardId);
  const [request, setRequest] = useState<CommentRequest | null>(null);
  // The latest tasks, so that `move` keeps its identity while they change.
  const known = useRef(tasks);
  known.current = tasks;

  const refuse = useCallback(
    (task: TaskCard, reason: string, blockers: string[]) => {
      announce(`${task.title} was not moved. ${reason}`);
      const found = known.current.filter((other) => blockers.includes(other.id));
      const first = found[0];
      notifyError(`“${task.title}” stays in ${STATUS_LABEL[task.status]}`, {
        description: [reason, ...found.map((other) => `• ${other.title}`)].join("\n"),
        descriptionClassName: "whitespace-pre-line",
        action: first && {
          label: "Show",
          onClick: () =>
            void navigate({
              from: "/boards/$boardId",
              to: "/boards/$boardId",
              params: { boardId },
              search: (search) => ({ ...search, taskId: first.id }),
            }),
        },
      });
    },
    [boardId, navigate, announce],
  );

  const send = useCallback(
    async (task: TaskCard, target: TaskStatus, also: TaskUpdate | null, comment?: string) => {
      announce(`${task.title} moved to ${STATUS_LABEL[target]}.`);
      const changes = { ...also, status: target, ...(comment && { comment }) };
      const moved = await mutateAsync({ task, changes });
      if (moved.status !== target) {
        const reason = `The server put it into ${STATUS_LABEL[moved.status]} instead.`;
        announce(`${task.title}: ${reason}`);
        notifyInfo(`“${task.title}” did not go to ${STATUS_LABEL[target]}`, { description: reason });
      }
    },
    [mutateAsync, announce],
  );

  const move = useCallback<Move>(
    (task, target, also = null) => {
      if (task.status === target) return;
      if (!write.allowed) {
        notifyError(write.reason ?? "You may not change this board.");
        return;
      }
      const verdict = judge(task, target);
      if (verdict.outcome === "refused") {
        refuse(task, verdict.reason ?? "The board's rules forbid it.", task.blocked_by_task_ids ?? []);
        return;
      }
      if (verdict.needsComment) {
        setRequest({ task, target, also, refusal: null });
        return;
      }
      send(task, target, also).catch((error: unknown) => {
        // Only a rule that asks for a comment can refuse a plain move as invalid.
        if (error instanceof ApiError && error.status === 422) {
          setRequest({ task, target, also, refusal: error.message });
        } else {
          refuse(task, messageOf(error), error instanceof ApiError ? error.blockedByTaskIds : []);
        }
      });
    },
    [judge, refuse, send, write],
  );

  const dialog = request && (
    <Suspense>
      <MoveCommentDialog
        what={request.task.title}
        target={request.target}
        refusal={request.refusal}
        onMove={(comment) => send(request.task, request.target, request.also, comment)}
        onClose={() => setRequest(null)}
      />
    </Suspense>
  );
  return { move, dialog };
}
