import { Link } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import type { TaskCard } from "@/api/types";
import { neighbour } from "@/features/task/moves";
import { PriorityIcon, priorityLabel, STATUSES } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { ChooseBox } from "./ChooseBox";
import { useBoard } from "./context";
import { makeDraggable } from "./drag";
import { useIsChoosing, useIsChosen, useSelection } from "./selection";
import { Assignee, DueDate, Hindrance, TagList } from "./TaskFacts";
import { useTaskKeys } from "./useTaskKeys";

interface CardProps {
  task: TaskCard;
  selected: boolean;
  /** The ids of the cards in its column. */
  order: () => string[];
  /** Moves the focus to another card: up and down in the column, or to the column beside. */
  onArrow: (task: string, direction: "up" | "down" | "left" | "right") => void;
}

const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" } as const;
const TAGS_SHOWN = 3;

/** One task on the board. */
export const Card = memo(function Card({ task, selected, order, onArrow }: CardProps) {
  const { boardId, move, keepFocus, wantedFocus, setDragged, dragged, openMenu, write } = useBoard();
  const selection = useSelection();
  const chosen = useIsChosen(task.id);
  const choosing = useIsChoosing();
  const element = useRef<HTMLElement>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const takeKey = useTaskKeys({ task, order, onStep: (by) => onArrow(task.id, by > 0 ? "down" : "up") });
  const canDrag = write.allowed;

  // A change of the task must not let go of the card while it is in the air.
  const newest = useRef(task);
  newest.current = task;
  useEffect(() => {
    const card = element.current;
    if (!card || !canDrag) return;
    return makeDraggable(
      card,
      { taskId: task.id, boardId },
      { start: () => setDragged(newest.current), end: () => setDragged(null) },
    );
  }, [task.id, boardId, canDrag, setDragged]);

  // Runs after every render: the card may just have arrived in another column.
  useEffect(() => {
    if (wantedFocus.current === task.id && link.current) {
      wantedFocus.current = null;
      link.current.focus({ preventScroll: false });
    }
  });

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const direction = ARROWS[event.key as keyof typeof ARROWS];
    if (!direction) {
      takeKey(event);
      return;
    }
    event.preventDefault();
    if (!event.shiftKey) {
      onArrow(task.id, direction);
      return;
    }
    const step = direction === "left" ? -1 : direction === "right" ? 1 : null;
    const target = step && neighbour(STATUSES, task.status, step);
    if (target) {
      keepFocus(task.id);
      move(task, target);
    }
  }

  const tags = task.tags ?? [];
  return (
    <article
      ref={element}
      data-task={task.id}
      className={cx(
        "group relative rounded-lg border bg-surface px-3 py-2.5 shadow-card transition-colors pointer-coarse:select-none",
        selected || chosen ? "border-accent" : "border-line hover:border-line-strong/70",
        chosen && "bg-accent-soft/60",
        dragged?.id === task.id && "opacity-40",
      )}
    >
      <div className="flex items-start gap-2">
        <span className="relative z-10 grid size-4 shrink-0 place-items-center pt-0.5">
          <span className={cx("group-focus-within:hidden group-hover:hidden", choosing && "hidden")}>
            <PriorityIcon priority={task.priority} />
          </span>
          <span className={choosing ? undefined : "sr-only group-focus-within:not-sr-only group-hover:not-sr-only"}>
            <ChooseBox task={task} order={order} />
          </span>
          <span className="sr-only">Priority {priorityLabel(task.priority)}.</span>
        </span>
        <Link
          ref={link}
          from="/boards/$boardId"
          to="/boards/$boardId"
          params={{ boardId }}
          search={(search) => ({ ...search, taskId: task.id, commentId: undefined, panel: undefined })}
          preload={false}
          draggable={false}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            if (!choosing || !event.shiftKey) return;
            event.preventDefault();
            selection.toggle(task.id, { range: true, order: order() });
          }}
          aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight j k x m a c e Delete"
          className="line-clamp-2 min-w-0 flex-1 text-sm font-medium break-words text-ink outline-none after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent-text"
        >
          {task.title || "Untitled task"}
        </Link>
        <button
          type="button"
          aria-label={`Actions for “${task.title}”`}
          aria-haspopup="menu"
          onClick={(event) => openMenu("actions", task, event.currentTarget)}
          className="relative z-10 -mt-1 -mr-1.5 -mb-2 grid size-7 place-items-center rounded-md text-ink-2 opacity-0 group-hover:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100 max-md:size-9 max-md:opacity-100 pointer-coarse:opacity-100"
        >
          <Ellipsis size={15} />
        </button>
      </div>
      <div className="mt-1.5 flex flex-wrap items-center gap-x-2.5 gap-y-1.5 pl-6 text-xs text-ink-3">
        <Assignee task={task} />
        <DueDate task={task} />
        <TagList tags={tags} max={TAGS_SHOWN} />
        <Hindrance task={task} />
      </div>
    </article>
  );
});
