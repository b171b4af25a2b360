import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Ellipsis } from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useRef } from "react";
import type { TaskCard } from "@/api/types";
import { RelativeTime } from "@/components/RelativeTime";
import { PriorityIcon, priorityLabel, STATUS_LABEL, StatusIcon } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { type Group, groupTasks } from "./arrange";
import { ChooseBox } from "./ChooseBox";
import { useBoard } from "./context";
import type { Grouping } from "./search";
import { useIsChoosing, useIsChosen } from "./selection";
import { Assignee, DueDate, Hindrance, TagDot, TagList } from "./TaskFacts";
import { useTaskKeys } from "./useTaskKeys";

type Row = { kind: "group"; group: Group } | { kind: "task"; task: TaskCard; group: string };

interface TaskListProps {
  /** The tasks that pass the filters, in their order. */
  shown: TaskCard[];
  grouping: Grouping;
  selectedTask: string | undefined;
}

/** All tasks as rows under headings. Only the rows near the visible part are rendered. */
export function TaskList({ shown, grouping, selectedTask }: TaskListProps) {
  const { focusCard, wantedFocus } = useBoard();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = toRows(groupTasks(shown, grouping));
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === "group" ? 36 : 44),
    getItemKey: (index) => {
      const row = rows[index];
      return row?.kind === "task" ? `${row.group} ${row.task.id}` : `group ${row?.group.key}`;
    },
    overscan: 12,
  });

  // The rows keep these functions; they have to see the newest rows.
  const newest = useRef({ rows, focusCard });
  newest.current = { rows, focusCard };
  const order = useCallback(() => idsOf(newest.current.rows), []);
  const onStep = useCallback((id: string, by: 1 | -1) => {
    const ids = idsOf(newest.current.rows);
    const next = ids[ids.indexOf(id) + by];
    if (next) newest.current.focusCard(next);
  }, []);

  // A row that is to get the focus may lie outside the rendered part.
  useEffect(() => {
    const wanted = wantedFocus.current;
    const index = wanted ? rows.findIndex((row) => row.kind === "task" && row.task.id === wanted) : -1;
    if (index >= 0) list.scrollToIndex(index, { align: "auto" });
  });

  if (shown.length === 0) {
    return <p className="px-4 py-16 text-center text-ink-2">The filters hide all tasks of this board.</p>;
  }
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto px-4 pb-24 max-md:px-2">
      <ul
        className="relative overflow-hidden rounded-xl border border-line bg-surface"
        style={{ height: list.getTotalSize() + 2 }}
      >
        {list.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              ref={list.measureElement}
              data-index={item.index}
              className="absolute top-0 left-0 w-full"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row.kind === "group" ? (
                <GroupHeading group={row.group} />
              ) : (
                <TaskRow
                  task={row.task}
                  selected={row.task.id === selectedTask}
                  showStatus={grouping !== "status"}
                  order={order}
                  onStep={onStep}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function GroupHeading({ group }: { group: Group }) {
  return (
    <h2 className="flex h-9 items-center gap-2 border-b border-line bg-sunken px-3 text-sm font-semibold">
      {group.status && <StatusIcon status={group.status} />}
      {group.priority !== undefined && <PriorityIcon priority={group.priority} />}
      {group.color && <TagDot color={group.color} />}
      {group.label}
      <span className="text-xs font-normal text-ink-3">{group.tasks.length}</span>
    </h2>
  );
}

interface TaskRowProps {
  task: TaskCard;
  selected: boolean;
  showStatus: boolean;
  order: () => string[];
  onStep: (task: string, by: 1 | -1) => void;
}

const ARROWS: Record<string, 1 | -1> = { ArrowDown: 1, ArrowUp: -1 };

function TaskRow({ task, selected, showStatus, order, onStep }: TaskRowProps) {
  const { boardId, openMenu, wantedFocus } = useBoard();
  const chosen = useIsChosen(task.id);
  const choosing = useIsChoosing();
  const link = useRef<HTMLAnchorElement>(null);
  const takeKey = useTaskKeys({ task, order, onStep: (by) => onStep(task.id, by) });

  // Runs after every render: the row may just have come into the rendered part.
  useEffect(() => {
    if (wantedFocus.current === task.id && link.current) {
      wantedFocus.current = null;
      link.current.focus();
    }
  });

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const step = ARROWS[event.key];
    if (step === undefined) {
      takeKey(event);
      return;
    }
    event.preventDefault();
    onStep(task.id, step);
  }

  return (
    <div
      data-task={task.id}
      className={cx(
        "group relative flex min-h-11 items-center gap-2.5 border-b border-line px-3 hover:bg-hover",
        (selected || chosen) && "bg-accent-soft",
      )}
    >
      <span
        className={cx(
          "relative z-10",
          !choosing && "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100",
        )}
      >
        <ChooseBox task={task} order={order} />
      </span>
      <PriorityIcon priority={task.priority} />
      <span className="sr-only">Priority {priorityLabel(task.priority)}.</span>
      {showStatus && (
        <>
          <StatusIcon status={task.status} />
          <span className="sr-only">{STATUS_LABEL[task.status]}.</span>
        </>
      )}
      <Link
        ref={link}
        from="/boards/$boardId"
        to="/boards/$boardId"
        params={{ boardId }}
        search={(search) => ({ ...search, taskId: task.id, commentId: undefined, panel: undefined })}
        preload={false}
        onKeyDown={onKeyDown}
        aria-keyshortcuts="j k x m a c e Delete"
        className="min-w-0 flex-1 truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-text"
      >
        {task.title || "Untitled task"}
      </Link>
      <span className="flex min-w-0 shrink items-center gap-2 text-xs text-ink-3 max-lg:hidden">
        <TagList tags={task.tags ?? []} max={2} />
      </span>
      <Hindrance task={task} />
      <span className="text-xs text-ink-3 max-md:hidden">
        <DueDate task={task} />
      </span>
      <span className="w-28 text-xs max-lg:hidden">
        <Assignee task={task} />
      </span>
      <RelativeTime value={task.updated_at} className="w-16 text-right text-xs text-ink-3 max-md:hidden" />
      <button
        type="button"
        aria-label={`Actions for “${task.title}”`}
        aria-haspopup="menu"
        onClick={(event) => openMenu("actions", task, event.currentTarget)}
        className="relative z-10 grid size-7 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink max-md:size-9"
      >
        <Ellipsis size={15} />
      </button>
    </div>
  );
}

function toRows(groups: Group[]): Row[] {
  return groups.flatMap((group) => [
    { kind: "group", group } as Row,
    ...group.tasks.map((task): Row => ({ kind: "task", task, group: group.key })),
  ]);
}

function idsOf(rows: Row[]): string[] {
  return rows.flatMap((row) => (row.kind === "task" ? [row.task.id] : []));
}
