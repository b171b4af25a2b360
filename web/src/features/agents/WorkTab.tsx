import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListTodo } from "lucide-react";
import { agentApprovalsQuery, agentTasksQuery } from "@/api/queries/agents";
import type { Agent, Task } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";

// The newest of what is done say enough; the board has the rest.
const DONE_SHOWN = 10;

/** The tasks of an agent by state, and the decisions that it waits for. */
export function WorkTab({ agent }: { agent: Agent }) {
  if (!agent.board_id) {
    return (
      <EmptyState icon={<ListTodo size={20} />} title="A main agent has no tasks of its own">
        It answers for its whole gateway and passes messages on to the leads of its boards.
      </EmptyState>
    );
  }
  return <Work board={agent.board_id} agent={agent} />;
}

function Work({ board, agent }: { board: string; agent: Agent }) {
  const tasks = useQuery(agentTasksQuery(board, agent.id));
  const approvals = useQuery(agentApprovalsQuery(board, agent.id)).data ?? [];
  if (tasks.isPending) return <ListSkeleton label="Loading its tasks" />;
  if (!tasks.data) {
    return (
      <ErrorState error={tasks.error} title="Its tasks could not be loaded" onRetry={() => void tasks.refetch()} />
    );
  }
  const rows = tasks.data.items;
  return (
    <div className="space-y-4">
      {approvals.length > 0 && (
        <Panel title={`Waits for ${approvals.length === 1 ? "a decision" : `${approvals.length} decisions`}`}>
          <ul className="space-y-2">
            {approvals.map((approval) => (
              <li key={approval.id} className="flex items-baseline justify-between gap-3">
                <Link to="/approvals" search={{ board }} className="text-accent-text hover:underline">
                  {approval.action_type}
                </Link>
                <RelativeTime value={approval.created_at} className="text-xs text-ink-3" />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {rows.length === 0 ? (
        <EmptyState icon={<ListTodo size={20} />} title="No tasks">
          <Link to="/boards/$boardId" params={{ boardId: board }} className="text-accent-text underline">
            Give it one on its board.
          </Link>
        </EmptyState>
      ) : (
        STATUSES.map((status) => {
          const of = rows.filter((task) => task.status === status);
          const shown = status === "done" ? newest(of).slice(0, DONE_SHOWN) : of;
          if (of.length === 0) return null;
          return (
            <Panel key={status} title={STATUS_LABEL[status]} note={of.length} action={<StatusIcon status={status} />}>
              <ul className="-mx-2">
                {shown.map((task) => (
                  <TaskRow key={task.id} task={task} board={board} />
                ))}
              </ul>
              {shown.length < of.length && <p className="text-xs text-ink-3">The {shown.length} that changed last.</p>}
            </Panel>
          );
        })
      )}
    </div>
  );
}

function TaskRow({ task, board }: { task: Task; board: string }) {
  const at = task.status === "in_progress" ? (task.in_progress_at ?? task.updated_at) : task.updated_at;
  return (
    <li className="relative flex items-baseline gap-3 rounded-md px-2 py-1.5 hover:bg-hover">
      <Link
        to="/boards/$boardId"
        params={{ boardId: board }}
        search={{ taskId: task.id }}
        className="min-w-0 flex-1 truncate after:absolute after:inset-0 after:rounded-md"
      >
        {task.title}
      </Link>
      {task.is_blocked && <span className="text-xs text-warn">blocked</span>}
      <RelativeTime value={at} className="shrink-0 text-xs text-ink-3" />
    </li>
  );
}

function newest(tasks: readonly Task[]): Task[] {
  return [...tasks].sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
}
