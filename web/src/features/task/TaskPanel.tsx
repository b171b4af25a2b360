import { ChevronDown, ChevronUp, Link2, SearchX, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { TaskCard } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Button, IconButton } from "@/components/ui/Button";
import { Sheet } from "@/components/ui/Sheet";
import { ApprovalRows } from "@/features/board/ApprovalsContent";
import { type PanelFocus, useBoard } from "@/features/board/context";
import { cx } from "@/lib/cx";
import { useTitle } from "@/lib/title";
import { Comments } from "./Comments";
import { CustomFields } from "./CustomFields";
import { Dependencies } from "./Dependencies";
import { copyTaskLink } from "./link";
import { TaskDescription } from "./TaskDescription";
import { TaskHistory } from "./TaskHistory";
import { TaskProperties } from "./TaskProperties";
import { TaskTitle } from "./TaskTitle";

interface TaskPanelProps {
  taskId: string;
  commentId: string | undefined;
  /** The ids of the tasks on the page, in their order. */
  order: string[];
  /** Goes to the task after this one (1) or before it (-1). */
  onStep: (by: 1 | -1) => void;
  onClose: () => void;
}

const FIRST_FOCUS: Record<PanelFocus, string> = {
  title: "textarea[aria-label=Title]",
  comment: "textarea[aria-label=Comment]",
};

/** Everything about one task, beside the board. */
export default function TaskPanel({ taskId, commentId, order, onStep, onClose }: TaskPanelProps) {
  const { boardId, snapshot, tasks, write, remove, panelFocus } = useBoard();
  // What was wanted when the panel opened; the parts that get the focus forget it.
  const [opensAt] = useState(panelFocus);
  const body = useRef<HTMLDivElement>(null);
  const task = tasks.find((entry) => entry.id === taskId);
  const at = order.indexOf(taskId);

  return (
    <Sheet
      open
      onClose={onClose}
      title={task?.title ?? "Task"}
      initialFocus={() => (opensAt ? (body.current?.querySelector<HTMLElement>(FIRST_FOCUS[opensAt]) ?? null) : null)}
      // A field that takes the focus at once hides from the sheet where it was before.
      finalFocus={() => document.querySelector<HTMLElement>(`[data-task="${CSS.escape(taskId)}"] a`)}
      heading={
        <span className="flex items-center gap-1 text-sm text-ink-3">
          <IconButton
            label="Previous task"
            keys="K"
            size="sm"
            reason={at > 0 ? null : "This is the first one."}
            onClick={() => onStep(-1)}
          >
            <ChevronUp size={15} />
          </IconButton>
          <IconButton
            label="Next task"
            keys="J"
            size="sm"
            reason={at >= 0 && at < order.length - 1 ? null : "This is the last one."}
            onClick={() => onStep(1)}
          >
            <ChevronDown size={15} />
          </IconButton>
          {at >= 0 && (
            <span className="pl-1 text-xs">
              {at + 1} of {order.length}
            </span>
          )}
        </span>
      }
      actions={
        task && (
          <>
            <IconButton label="Copy link" onClick={() => void copyTaskLink(boardId, task.id)}>
              <Link2 size={16} />
            </IconButton>
            <IconButton
              label="Delete task"
              reason={write.reason}
              onClick={() => {
                onClose();
                remove([task]);
              }}
            >
              <Trash2 size={15} />
            </IconButton>
          </>
        )
      }
    >
      {task ? (
        <div ref={body} className="contents">
          <TaskContent key={task.id} task={task} commentId={commentId} />
        </div>
      ) : (
        <EmptyState
          icon={<SearchX size={20} />}
          title="This task is not on the board"
          action={<Button onClick={onClose}>Close</Button>}
        >
          It may have been deleted, or the link belongs to another board than “{snapshot.board.name}”.
        </EmptyState>
      )}
    </Sheet>
  );
}

type Part = "comments" | "history" | "approvals";

function TaskContent({ task, commentId }: { task: TaskCard; commentId: string | undefined }) {
  const { snapshot, panelFocus, setPanelFocus } = useBoard();
  useTitle(task.title, snapshot.board.name);
  const [part, setPart] = useState<Part>("comments");
  const below = useRef<HTMLDivElement>(null);
  const approvals = snapshot.approvals.filter(
    (approval) => approval.task_id === task.id || approval.task_ids?.includes(task.id),
  );
  const parts: { value: Part; label: string; count?: number }[] = [
    { value: "comments", label: "Comments" },
    { value: "history", label: "History" },
    ...(approvals.length > 0 ? [{ value: "approvals" as const, label: "Approvals", count: approvals.length }] : []),
  ];

  useEffect(() => {
    if (panelFocus !== "comment") return;
    setPanelFocus(null);
    below.current?.querySelector("textarea")?.focus();
  }, [panelFocus, setPanelFocus]);

  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="space-y-5 px-5 py-4">
        <TaskTitle task={task} />
        <TaskProperties task={task} />
        <CustomFields task={task} />
        <TaskDescription task={task} />
        <Dependencies task={task} />
      </div>
      <div ref={below} className="border-t border-line">
        <fieldset aria-label="What is shown below" className="flex gap-4 px-7 pt-2">
          {parts.map((entry) => (
            <button
              key={entry.value}
              type="button"
              aria-pressed={part === entry.value}
              onClick={() => setPart(entry.value)}
              className={cx(
                "h-9 border-b-2 text-sm max-md:h-11",
                part === entry.value
                  ? "border-accent font-medium text-ink"
                  : "border-transparent text-ink-2 hover:text-ink",
              )}
            >
              {entry.label}
              {entry.count !== undefined && <span className="ml-1.5 text-xs text-ink-3">{entry.count}</span>}
            </button>
          ))}
        </fieldset>
        {part === "comments" && <Comments task={task} commentId={commentId} />}
        {part === "history" && (
          <section aria-label="History" className="px-7 py-4">
            <TaskHistory task={task} />
          </section>
        )}
        {part === "approvals" && (
          <section aria-label="Approvals of this task" className="px-7 py-4">
            <ApprovalRows approvals={approvals} />
          </section>
        )}
      </div>
    </div>
  );
}
