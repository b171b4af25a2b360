import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { CircleSlash } from "lucide-react";
import { useRef } from "react";
import type { TaskCard, TaskStatus } from "@/api/types";
import { Badge } from "@/components/Badge";
import { RelativeTime } from "@/components/RelativeTime";
import { MoveMenu } from "@/features/task/MoveMenu";
import { PriorityIcon, priorityLabel, priorityRank, STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { useNow } from "@/lib/now";
import { parseTime, shortDate } from "@/lib/time";
import { useBoard } from "./context";
import { byStatus, isTaskOverdue } from "./filter";

type Row = { kind: "group"; status: TaskStatus; count: number } | { kind: "task"; task: TaskCard };

/** All tasks as rows, grouped by state, the urgent first. */
export function TaskList({ shown, selectedTask }: { shown: TaskCard[]; selectedTask: string | undefined }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = toRows(shown);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === "group" ? 36 : 44),
    getItemKey: (index) => {
      const row = rows[index];
      return row?.kind === "task" ? row.task.id : `group-${row?.status}`;
    },
    overscan: 12,
  });
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto px-4 pb-6 max-md:px-2">
      <ul className="relative rounded-xl border border-line bg-surface" style={{ height: list.getTotalSize() + 2 }}>
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
                <h2 className="flex h-9 items-center gap-2 border-b border-line bg-sunken px-3 text-sm font-semibold">
                  <StatusIcon status={row.status} />
                  {STATUS_LABEL[row.status]}
                  <span className="text-xs font-normal text-ink-3">{row.count}</span>
                </h2>
              ) : (
                <TaskRow task={row.task} selected={row.task.id === selectedTask} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function TaskRow({ task, selected }: { task: TaskCard; selected: boolean }) {
  const { boardId } = useBoard();
  const now = useNow();
  const overdue = isTaskOverdue(task, now);
  return (
    <div
      className={cx(
        "relative flex min-h-11 items-center gap-3 border-b border-line px-3 hover:bg-hover",
        selected && "bg-accent-soft",
      )}
    >
      <PriorityIcon priority={task.priority} />
      <span className="sr-only">Priority {priorityLabel(task.priority)}.</span>
      <Link
        to="/boards/$boardId"
        params={{ boardId }}
        search={(search) => ({ ...search, taskId: task.id, commentId: undefined, panel: undefined })}
        preload={false}
        className="min-w-0 flex-1 truncate font-medium after:absolute after:inset-0"
      >
        {task.title || "Untitled task"}
      </Link>
      {task.is_blocked && (
        <Badge tone="danger" icon={<CircleSlash size={11} aria-hidden="true" />}>
          Blocked
        </Badge>
      )}
      {task.due_at && (
        <span className={cx("text-xs max-md:hidden", overdue ? "font-medium text-danger" : "text-ink-3")}>
          {overdue ? "Overdue · " : ""}
          {shortDate(parseTime(task.due_at), now)}
        </span>
      )}
      <span className="w-28 truncate text-xs text-ink-2 max-lg:hidden">
        {task.assigned_agent_id ? (task.assignee ?? "Agent") : "Unassigned"}
      </span>
      <RelativeTime value={task.updated_at} className="w-16 text-right text-xs text-ink-3 max-md:hidden" />
      <div className="relative z-10">
        <MoveMenu task={task} />
      </div>
    </div>
  );
}

function toRows(tasks: TaskCard[]): Row[] {
  const groups = byStatus(tasks);
  return STATUSES.flatMap((status) => {
    const group = groups[status].toSorted((a, b) => priorityRank(a.priority) - priorityRank(b.priority));
    if (group.length === 0) return [];
    return [
      { kind: "group", status, count: group.length } as Row,
      ...group.map((task): Row => ({ kind: "task", task })),
    ];
  });
}
