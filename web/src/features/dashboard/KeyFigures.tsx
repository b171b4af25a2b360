import type { DashboardMetrics } from "@/api/types";
import { Sparkline } from "@/components/charts/Sparkline";
import { Stat } from "@/components/Stat";
import { formatCount, formatDuration, formatPercent } from "@/lib/format";
import { compared, sumOf } from "./figures";

/** The figures in one number each. */
export function KeyFigures({ metrics }: { metrics: DashboardMetrics | undefined }) {
  const kpis = metrics?.kpis;
  const finished = metrics && compared(metrics.throughput);
  const errors = metrics && compared(metrics.error_rate);
  const cycle = kpis?.median_cycle_time_hours_7d;
  const fleet = metrics?.fleet;
  return (
    <section aria-label="Key figures" className="grid grid-cols-2 gap-3 max-md:gap-2 @3xl:grid-cols-3 @6xl:grid-cols-6">
      <h2 className="sr-only">Key figures</h2>
      <Stat
        label="Completed"
        value={finished && formatCount(sumOf(finished.now))}
        change={finished && { now: sumOf(finished.now), before: sumOf(finished.before), better: "more" }}
        note={finished && comparedNote(sumOf(finished.now), sumOf(finished.before))}
      >
        <Course values={finished?.now} color="done" />
      </Stat>
      <Stat
        label="In progress"
        value={kpis && formatCount(kpis.in_progress_tasks)}
        note={kpis && `${formatCount(kpis.inbox_tasks)} in the inbox`}
      />
      <Stat
        label="In review"
        value={kpis && formatCount(kpis.review_tasks)}
        note={kpis && `${formatCount(kpis.done_tasks)} done in total`}
      />
      <Stat
        label="Median cycle time"
        value={kpis && (cycle === null || cycle === undefined ? "–" : formatDuration(cycle * 3600))}
        note={cycle === null ? "nothing completed" : "start to review or done"}
      />
      <Stat
        label="Error rate"
        value={kpis && formatPercent(kpis.error_rate_pct)}
        note="of task events"
        tone={kpis && kpis.error_rate_pct >= 10 ? "danger" : "plain"}
      >
        <Course values={errors?.now} color="danger" />
      </Stat>
      <Stat
        label="Active agents"
        value={kpis && formatCount(kpis.active_agents)}
        note={
          fleet
            ? `${formatCount(fleet.agents_online)} of ${formatCount(fleet.agents_total)} online now`
            : "active in this period"
        }
      />
    </section>
  );
}

/** A figure over the range; nothing while there is nothing but zeros. */
function Course({ values, color }: { values: readonly (number | null)[] | undefined; color: "done" | "danger" }) {
  if (!values?.some(Boolean)) return null;
  return <Sparkline values={values.map((value) => value ?? 0)} color={color} />;
}

/** What stands behind the change of a figure. */
function comparedNote(now: number, before: number): string | undefined {
  if (now === before) return before === 0 ? "none before either" : undefined;
  return before === 0 ? undefined : "than before";
}
