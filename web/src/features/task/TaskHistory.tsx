import { useQuery } from "@tanstack/react-query";
import { stayQuery } from "@/api/queries/boards";
import type { TaskCard, TaskStatus } from "@/api/types";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { useBoard } from "@/features/board/context";
import { formatDuration } from "@/lib/format";
import { useNow } from "@/lib/now";
import { parseTime } from "@/lib/time";
import { STATUS_LABEL, STATUSES, StatusIcon } from "./status";

/** Where a task stood and how long: the sum by state, and every stay, the latest first. */
export function TaskHistory({ task }: { task: TaskCard }) {
  const { boardId } = useBoard();
  const query = useQuery(stayQuery(boardId, task.id));
  const now = useNow();
  if (query.isPending) return <ListSkeleton rows={3} label="Loading the history" />;
  if (query.error && !query.data) {
    return (
      <ErrorState error={query.error} title="The history could not be loaded" onRetry={() => void query.refetch()} />
    );
  }
  const stays = query.data?.items ?? [];
  const lengthOf = (stay: (typeof stays)[number]) =>
    (stay.left_at ? parseTime(stay.left_at) : now).getTime() - parseTime(stay.entered_at).getTime();
  const sums = STATUSES.map((status) => ({
    status,
    ms: stays.filter((stay) => stay.status === status).reduce((sum, stay) => sum + Math.max(lengthOf(stay), 0), 0),
  })).filter(({ ms, status }) => ms > 0 && status !== "done");
  const total = sums.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <div className="space-y-4">
      {total > 0 && (
        <div>
          <div className="flex h-2 gap-0.5 overflow-hidden rounded-full" aria-hidden="true">
            {sums.map(({ status, ms }) => (
              <span key={status} className={BAR[status]} style={{ flexGrow: ms / total, minWidth: 2 }} />
            ))}
          </div>
          <dl className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs">
            {sums.map(({ status, ms }) => (
              <div key={status} className="flex items-center gap-1.5">
                <dt className="flex items-center gap-1.5 text-ink-3">
                  <StatusIcon status={status} size={12} />
                  {STATUS_LABEL[status]}
                </dt>
                <dd className="font-medium">{formatDuration(ms / 1000)}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      <ol className="space-y-2.5">
        {stays.map((stay) => (
          <li key={stay.entered_at} className="flex items-center gap-2 text-sm">
            <StatusIcon status={stay.status as TaskStatus} />
            <span className="min-w-0 flex-1 truncate">{STATUS_LABEL[stay.status as TaskStatus]}</span>
            <span className="text-xs text-ink-3">
              {stay.left_at ? "for" : "since"} {formatDuration(lengthOf(stay) / 1000)}
            </span>
            <RelativeTime value={stay.entered_at} className="w-20 text-right text-xs text-ink-3" />
          </li>
        ))}
      </ol>
      {query.data && query.data.total > stays.length && (
        <p className="text-xs text-ink-3">
          The latest {stays.length} of {query.data.total}.
        </p>
      )}
    </div>
  );
}

const BAR: Record<TaskStatus, string> = {
  inbox: "bg-inbox",
  in_progress: "bg-progress",
  review: "bg-review",
  done: "bg-done",
};
