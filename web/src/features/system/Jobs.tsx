import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ListChecks, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { jobCountsQuery, jobsQuery } from "@/api/queries/system";
import type { Job } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { OlderButton } from "@/components/OlderButton";
import { Panel } from "@/components/Panel";
import { Pill } from "@/components/Pill";
import { RelativeTime } from "@/components/RelativeTime";
import { IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { formatDuration } from "@/lib/format";
import { useDiscardJob, useRetryJob } from "./mutations";
import { JOB_STATES } from "./search";

const route = getRouteApi("/shell/system");

const COLUMNS: Column<Job>[] = [
  { id: "kind", header: "Job", width: "14rem", cell: (job) => <code className="font-mono text-xs">{job.kind}</code> },
  {
    id: "error",
    header: "What happened",
    cell: (job) => (
      <span className="block truncate text-ink-2" title={job.last_error ?? undefined}>
        {job.last_error ?? "no failure"}
      </span>
    ),
  },
  { id: "attempts", header: "Tries", width: "5rem", cell: (job) => job.attempts },
  { id: "run_at", header: "Due", width: "8rem", cell: (job) => <RelativeTime value={job.run_at} /> },
];

const NOTHING = {
  dead: "No job has failed for good. A job that does is kept here for 30 days with its last error.",
  queued: "No job waits. Recurring ones appear when they are due.",
  running: "No job runs at this moment.",
};

/** The background jobs that are not done, by state, with what can be done about those that failed. */
export function Jobs() {
  const { jobs: state = "dead" } = route.useSearch();
  const navigate = route.useNavigate();
  const counts = useQuery(jobCountsQuery).data?.counts ?? [];
  const query = useInfiniteQuery({ ...jobsQuery(state), placeholderData: keepPreviousData });
  const retry = useRetryJob();
  const discard = useDiscardJob();
  const [asked, setAsked] = useState<Job | null>(null);
  const rows = query.data?.pages.flatMap((page) => page.items);
  const of = (wanted: string) => counts.filter((count) => count.state === wanted);
  const oldest = Math.max(0, ...of(state).map((count) => count.oldest_seconds));
  return (
    <Panel title="Background jobs" note={oldest > 0 ? `oldest ${formatDuration(oldest)}` : undefined}>
      <fieldset className="mb-3 flex flex-wrap gap-1.5" aria-label="State of the jobs">
        {JOB_STATES.map(({ value, label }) => {
          const count = of(value).reduce((sum, entry) => sum + entry.count, 0);
          return (
            <Pill
              key={value}
              on={value === state}
              onClick={() => void navigate({ search: value === "dead" ? {} : { jobs: value }, replace: true })}
            >
              {`${label} ${count}`}
            </Pill>
          );
        })}
      </fieldset>
      <DataTable
        label="Background jobs"
        rows={rows}
        columns={COLUMNS}
        rowKey={(job) => job.id}
        sortedByServer
        error={query.error}
        onRetry={() => void query.refetch()}
        actions={(job) => (
          <span className="relative flex">
            <IconButton
              size="sm"
              label="Run now"
              reason={job.state === "running" ? "The job is running." : null}
              busy={retry.isPending && retry.variables === job.id}
              onClick={() => retry.mutate(job.id)}
            >
              <RotateCw size={14} />
            </IconButton>
            <IconButton
              size="sm"
              label="Discard"
              reason={job.state === "running" ? "The job is running." : null}
              onClick={() => setAsked(job)}
            >
              <Trash2 size={14} />
            </IconButton>
          </span>
        )}
        empty={
          <EmptyState icon={<ListChecks size={20} />} title="Nothing here">
            {NOTHING[state]}
          </EmptyState>
        }
      />
      <OlderButton query={query} what="jobs" />
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title="Discard this job?"
        action="Discard"
        onConfirm={() => (asked ? discard.mutateAsync(asked.id) : Promise.resolve())}
      >
        <p>
          <code className="font-mono text-xs">{asked?.kind}</code> is removed, and what it was to do is not done.
        </p>
        {asked?.last_error && <p>Its last error: {asked.last_error}</p>}
      </ConfirmDialog>
    </Panel>
  );
}
