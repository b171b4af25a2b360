import type { DashboardMetrics, RangeKey } from "@/api/types";
import { type Series, TimeSeries } from "@/components/charts/TimeSeries";
import { Panel } from "@/components/Panel";
import { formatCount, formatDuration, formatPercent } from "@/lib/format";
import { type Compared, compared, flowOf } from "./figures";
import { RANGES } from "./search";

const HEIGHT = 190;
// With the line of the legend below.
const PLACEHOLDER = "skeleton h-[210px]";

/** The four courses over the range, beside those of the time before. */
export function Charts({ metrics, range }: { metrics: DashboardMetrics | undefined; range: RangeKey }) {
  const long = RANGES.find((entry) => entry.value === range)?.long ?? range;
  const finished = metrics && compared(metrics.throughput);
  const cycle = metrics && compared(metrics.cycle_time, true);
  const errors = metrics && compared(metrics.error_rate);
  const flow = metrics && flowOf(metrics.wip);
  return (
    <section aria-label="Over time" className="grid grid-cols-1 gap-4 max-md:gap-3 @4xl:grid-cols-2">
      <h2 className="sr-only">Over time</h2>
      <Panel title="Throughput" note="tasks completed">
        {finished ? (
          <TimeSeries
            label="Tasks completed"
            kind="area"
            {...timesOf(finished)}
            series={beside(finished, "done", long)}
            format={formatCount}
            whole
            height={HEIGHT}
          />
        ) : (
          <div className={PLACEHOLDER} />
        )}
      </Panel>
      <Panel title="Cycle time" note="mean, from start to review or done">
        {cycle ? (
          <TimeSeries
            label="Mean cycle time"
            {...timesOf(cycle)}
            series={beside(cycle, "accent", long)}
            format={(hours) => formatDuration(hours * 3600)}
            height={HEIGHT}
          />
        ) : (
          <div className={PLACEHOLDER} />
        )}
      </Panel>
      <Panel title="Work by status" note="tasks that entered each status">
        {flow ? (
          <TimeSeries
            label="Tasks by status"
            kind="bars"
            periods={flow.periods}
            bucket={flow.bucket}
            series={flow.series}
            format={formatCount}
            whole
            height={HEIGHT}
          />
        ) : (
          <div className={PLACEHOLDER} />
        )}
      </Panel>
      <Panel title="Error rate" note="failed share of task events">
        {errors ? (
          <TimeSeries
            label="Error rate"
            {...timesOf(errors)}
            series={beside(errors, "danger", long)}
            format={formatPercent}
            height={HEIGHT}
          />
        ) : (
          <div className={PLACEHOLDER} />
        )}
      </Panel>
    </section>
  );
}

function timesOf({ periods, bucket }: Compared) {
  return { periods, bucket };
}

function beside({ now, before }: Compared, color: Series["color"], range: string): Series[] {
  return [
    { label: `Last ${range}`, color, values: now },
    { label: `Previous ${range}`, color: "muted", values: before, isComparison: true },
  ];
}
