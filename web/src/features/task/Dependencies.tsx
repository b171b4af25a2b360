import { getRouteApi } from "@tanstack/react-router";
import { CircleSlash } from "lucide-react";
import type { TaskCard } from "@/api/types";
import { useBoard } from "@/features/board/context";
import { StatusIcon } from "./status";
import { TaskPicker } from "./TaskPicker";
import { useEdit } from "./useEdit";

const route = getRouteApi("/shell/boards/$boardId");

/** What a task waits for, and what waits for it. */
export function Dependencies({ task }: { task: TaskCard }) {
  const { tasks, write } = useBoard();
  const { edit } = useEdit(task);
  const navigate = route.useNavigate();
  const dependencies = task.depends_on_task_ids ?? [];
  const dependents = tasks.filter((other) => other.depends_on_task_ids?.includes(task.id));
  const blockers = task.blocked_by_task_ids?.length ?? 0;
  // What a finished task waited for is history.
  const locked = !write.allowed || task.status === "done";
  const open = (id: string) =>
    void navigate({ search: (search) => ({ ...search, taskId: id, commentId: undefined }), replace: true });

  return (
    <section aria-labelledby="task-dependencies" className="space-y-2 px-2">
      <h3 id="task-dependencies" className="text-xs font-medium text-ink-3">
        Depends on
      </h3>
      {task.is_blocked && (
        <p className="flex items-center gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          <CircleSlash size={14} className="shrink-0" aria-hidden="true" />
          {blockers === 1 ? "One task must" : `${blockers} tasks must`} be done before this one can start.
        </p>
      )}
      {locked && dependencies.length === 0 ? (
        <p className="text-ink-3">Nothing.</p>
      ) : (
        <TaskPicker
          aria-label="Add a dependency"
          chosen={dependencies}
          exclude={[task.id]}
          disabled={locked}
          onAdd={(id) => void edit({ depends_on_task_ids: [...dependencies, id] })}
          onRemove={(id) => void edit({ depends_on_task_ids: dependencies.filter((other) => other !== id) })}
          onOpen={open}
        />
      )}
      {dependents.length > 0 && (
        <>
          <h3 className="pt-2 text-xs font-medium text-ink-3">Blocks</h3>
          <ul className="divide-y divide-line rounded-md border border-line">
            {dependents.map((other) => (
              <li key={other.id} className="flex min-h-9 items-center gap-2 px-2.5">
                <StatusIcon status={other.status} />
                <button
                  type="button"
                  className="min-w-0 flex-1 truncate text-left hover:underline"
                  onClick={() => open(other.id)}
                >
                  {other.title}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
