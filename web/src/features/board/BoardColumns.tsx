import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { TaskCard, TaskStatus } from "@/api/types";
import { STATUSES } from "@/features/task/status";
import { useIsPhone } from "@/lib/media";
import { sortTasks } from "./arrange";
import { Column, FoldedColumn } from "./Column";
import { useBoard } from "./context";
import { byStatus } from "./filter";
import { PhoneColumns } from "./PhoneColumns";

const route = getRouteApi("/shell/boards/$boardId");

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
  const { folded = [], limit, column: current = "inbox" } = route.useSearch();
  const navigate = route.useNavigate();
  const onColumn = (status: TaskStatus) =>
    void navigate({
      search: (search) => ({ ...search, column: status === "inbox" ? undefined : status }),
      replace: true,
    });
  const columns = useMemo(() => {
    const byState = byStatus(shown);
    return sorted ? byState : { ...byState, done: sortTasks(byState.done, "updated") };
  }, [shown, sorted]);
  const totals = byStatus(tasks);

  function leave(from: TaskStatus, index: number, direction: "left" | "right") {
    const step = direction === "left" ? -1 : 1;
    // Empty and folded columns are skipped: there is nothing in them to focus.
    for (let at = STATUSES.indexOf(from) + step; at >= 0 && at < STATUSES.length; at += step) {
      const status = STATUSES[at] as TaskStatus;
      const column = folded.includes(status) ? [] : columns[status];
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
      limit={limit?.[status]}
      selectedTask={selectedTask}
      adding={adding === status}
      onAdd={onAdd}
      onLeave={(index, direction) => leave(status, index, direction)}
      bare={bare}
    />
  );

  if (phone) {
    return (
      <PhoneColumns
        current={current}
        onChange={onColumn}
        counts={{
          inbox: columns.inbox.length,
          in_progress: columns.in_progress.length,
          review: columns.review.length,
          done: columns.done.length,
        }}
      >
        {column(current, true)}
      </PhoneColumns>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 gap-3 overflow-x-auto px-4 pb-4">
      {STATUSES.map((status) =>
        folded.includes(status) ? (
          <FoldedColumn key={status} status={status} total={totals[status].length} />
        ) : (
          column(status, false)
        ),
      )}
    </div>
  );
}
