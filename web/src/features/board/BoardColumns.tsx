import { useMemo, useState } from "react";
import type { TaskCard, TaskStatus } from "@/api/types";
import { STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { useIsPhone } from "@/lib/media";
import { sortTasks } from "./arrange";
import { Column } from "./Column";
import { useBoard } from "./context";
import { byStatus } from "./filter";

interface BoardColumnsProps {
  /** The tasks that pass the filters. */
  shown: TaskCard[];
  /** Whether the order was chosen; else what was finished last stands first. */
  sorted: boolean;
  selectedTask: string | undefined;
  /** The column at whose top a new task is being typed. */
  adding: TaskStatus | null;
  onAdd: (status: TaskStatus | null) => void;
}

/** The board: four columns side by side, on phones one at a time under tabs. */
export function BoardColumns({ shown, sorted, selectedTask, adding, onAdd }: BoardColumnsProps) {
  const { tasks, focusCard } = useBoard();
  const phone = useIsPhone();
  const [tab, setTab] = useState<TaskStatus>("inbox");
  const columns = useMemo(() => {
    const byState = byStatus(shown);
    return sorted ? byState : { ...byState, done: sortTasks(byState.done, "updated") };
  }, [shown, sorted]);
  const totals = byStatus(tasks);

  function leave(from: TaskStatus, index: number, direction: "left" | "right") {
    const step = direction === "left" ? -1 : 1;
    // Empty columns are skipped: there is nothing in them to focus.
    for (let at = STATUSES.indexOf(from) + step; at >= 0 && at < STATUSES.length; at += step) {
      const column = columns[STATUSES[at] as TaskStatus];
      const next = column[Math.min(index, column.length - 1)];
      if (next) {
        focusCard(next.id);
        return;
      }
    }
  }

  const column = (status: TaskStatus, bare: boolean) => (
    <Column
      key={status}
      status={status}
      tasks={columns[status]}
      total={totals[status].length}
      selectedTask={selectedTask}
      adding={adding === status}
      onAdd={onAdd}
      onLeave={(index, direction) => leave(status, index, direction)}
      bare={bare}
    />
  );

  if (!phone) {
    return (
      <div className="flex min-h-0 flex-1 gap-3 overflow-x-auto px-4 pb-4">
        {STATUSES.map((status) => column(status, false))}
      </div>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <fieldset aria-label="Column" className="flex min-w-0 gap-1 px-3 pb-2">
        {STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            aria-pressed={tab === status}
            onClick={() => setTab(status)}
            className={cx(
              "flex h-11 min-w-0 flex-1 flex-col items-center justify-center rounded-lg text-xs font-medium",
              tab === status ? "bg-surface text-ink shadow-card" : "text-ink-2",
            )}
          >
            <span className="flex items-center gap-1.5">
              <StatusIcon status={status} size={12} />
              {columns[status].length}
            </span>
            <span className="max-w-full truncate">{STATUS_LABEL[status]}</span>
          </button>
        ))}
      </fieldset>
      {column(tab, true)}
    </div>
  );
}
