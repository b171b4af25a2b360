import { Link } from "@tanstack/react-router";
import { CalendarClock, CircleSlash, Stamp } from "lucide-react";
import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import type { TaskCard } from "@/api/types";
import { Badge } from "@/components/Badge";
import { MoveMenu } from "@/features/task/MoveMenu";
import { neighbour } from "@/features/task/moves";
import { PriorityIcon, priorityLabel, STATUSES } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { useNow } from "@/lib/now";
import { parseTime, shortDate } from "@/lib/time";
import { useBoard } from "./context";
import { makeDraggable } from "./drag";
import { isTaskOverdue } from "./filter";

interface CardProps {
  task: TaskCard;
  selected: boolean;
  /** Moves the focus to another card: up and down in the column, or to the column beside. */
  onArrow: (direction: "up" | "down" | "left" | "right") => void;
}

const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" } as const;

/** One task on the board. */
export const Card = memo(function Card({ task, selected, onArrow }: CardProps) {
  const { boardId, move, keepFocus, wantedFocus, setDragged, dragged, write } = useBoard();
  const element = useRef<HTMLElement>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const [menuOpen, setMenuOpen] = useState(false);
  const canDrag = write.allowed;

  useEffect(() => {
    const card = element.current;
    if (!card || !canDrag) return;
    return makeDraggable(
      card,
      { taskId: task.id, boardId },
      { start: () => setDragged(task), end: () => setDragged(null) },
    );
  }, [task, boardId, canDrag, setDragged]);

  // Runs after every render: the card may just have arrived in another column.
  useEffect(() => {
    if (wantedFocus.current === task.id && link.current) {
      wantedFocus.current = null;
      link.current.focus({ preventScroll: false });
    }
  });

  function onKeyDown(event: KeyboardEvent) {
    const direction = ARROWS[event.key as keyof typeof ARROWS];
    if (direction) {
      event.preventDefault();
      if (!event.shiftKey) {
        onArrow(direction);
        return;
      }
      const target =
        direction === "left"
          ? neighbour(STATUSES, task.status, -1)
          : direction === "right"
            ? neighbour(STATUSES, task.status, 1)
            : null;
      if (target) {
        keepFocus(task.id);
        move(task, target);
      }
    } else if (event.key.toLowerCase() === "m" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      setMenuOpen(true);
    }
  }

  return (
    <article
      ref={element}
      data-task={task.id}
      className={cx(
        "group relative rounded-lg border bg-surface px-3 py-2.5 shadow-card transition-colors",
        selected ? "border-accent" : "border-line hover:border-line-strong/70",
        dragged?.id === task.id && "opacity-40",
      )}
    >
      <div className="flex items-start gap-2">
        <span className="pt-[3px]">
          <PriorityIcon priority={task.priority} />
          <span className="sr-only">Priority {priorityLabel(task.priority)}.</span>
        </span>
        <Link
          ref={link}
          to="/boards/$boardId"
          params={{ boardId }}
          search={(search) => ({ ...search, taskId: task.id, commentId: undefined, panel: undefined })}
          preload={false}
          draggable={false}
          onKeyDown={onKeyDown}
          aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight m"
          className="line-clamp-2 min-w-0 flex-1 text-sm font-medium break-words text-ink outline-none after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent-text"
        >
          {task.title || "Untitled task"}
        </Link>
        <div className="relative z-10 -mt-1 -mr-1.5 -mb-2 opacity-0 group-hover:opacity-100 focus-within:opacity-100 has-data-popup-open:opacity-100 max-md:opacity-100 pointer-coarse:opacity-100">
          <MoveMenu task={task} open={menuOpen} onOpenChange={setMenuOpen} />
        </div>
      </div>
      <CardDetails task={task} />
    </article>
  );
});

const TAGS_SHOWN = 3;

function CardDetails({ task }: { task: TaskCard }) {
  const now = useNow();
  const tags = task.tags ?? [];
  const overdue = isTaskOverdue(task, now);
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1.5 pl-[22px] text-xs text-ink-3">
      {task.assigned_agent_id ? (
        <span className="flex min-w-0 items-center gap-1.5 text-ink-2">
          <span
            className="grid size-4 place-items-center rounded-full bg-hover text-[10px] font-semibold"
            aria-hidden="true"
          >
            {(task.assignee ?? "A").charAt(0).toUpperCase()}
          </span>
          <span className="truncate">{task.assignee ?? "Agent"}</span>
        </span>
      ) : (
        <span>Unassigned</span>
      )}
      {task.due_at && (
        <span className={cx("flex items-center gap-1", overdue && "font-medium text-danger")}>
          <CalendarClock size={12} aria-hidden="true" />
          {overdue ? "Overdue · " : ""}
          {shortDate(parseTime(task.due_at), now)}
        </span>
      )}
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <span key={tag.id} className="flex items-center gap-1">
          <span className="size-2 rounded-full" style={{ backgroundColor: `#${tag.color}` }} aria-hidden="true" />
          {tag.name}
        </span>
      ))}
      {tags.length > TAGS_SHOWN && <span>+{tags.length - TAGS_SHOWN}</span>}
      {task.is_blocked && (
        <Badge tone="danger" icon={<CircleSlash size={11} aria-hidden="true" />}>
          Blocked by {task.blocked_by_task_ids?.length ?? 1}
        </Badge>
      )}
      {!task.is_blocked && task.approvals_pending_count > 0 && (
        <Badge tone="warn" icon={<Stamp size={11} aria-hidden="true" />}>
          {task.approvals_pending_count === 1 ? "Approval needed" : `${task.approvals_pending_count} approvals needed`}
        </Badge>
      )}
    </div>
  );
}
