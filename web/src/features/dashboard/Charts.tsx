import type { ReactNode } from "react";
import type { DashboardMetrics, RangeKey } from "@/api/types";
import { type Series, TimeSeries } from "@/components/charts/TimeSeries";
import { Panel } from "@/components/Panel";
import { cx } from "@/lib/cx";
import { formatCount, formatDuration, formatPercent } from "@/lib/format";
import { type Compared, compared, flowOf } from "./figures";
import { RANGES } from "./search";

const HEIGHT = 190;
// A chart with the line of the legend below.
const WHOLE = "h-[210px]";

/** The four courses over the range, beside those of the time before. */
export function Charts({ metrics, range }: { metrics: DashboardMetrics | undefined; range: RangeKey }) {
  const long = RANGES.find((entry) => entry.value === range)?.long ?? range;
  const span = `the last ${long} or before`;
  const finished = metrics && compared(metrics.throughput);
  const cycle = metrics && compared(metrics.cycle_time, true);
  const errors = metrics && compared(metrics.error_rate);
  const flow = metrics && flowOf(metrics.wip);
  return (
    <section aria-label="Over time" className="grid grid-cols-1 gap-4 max-md:gap-3 @4xl:grid-cols-2">
      <h2 className="sr-only">Over time</h2>
      <Panel title="Throughput" note="tasks completed">
        <Course values={finished && [finished.now, finished.before]} nothing={`No task was completed in ${span}.`}>
          {finished && (
            <TimeSeries
              label="Tasks completed"
              kind="area"
              {...timesOf(finished)}
              series={beside(finished, "done", long)}
              format={formatCount}
              whole
              height={HEIGHT}
            />
          )}
        </Course>
      </Panel>
      <Panel title="Cycle time" note="mean, from start to review or done">
        <Course values={cycle && [cycle.now, cycle.before]} nothing={`No work reached review or done in ${span}.`}>
          {cycle && (
            <TimeSeries
              label="Mean cycle time"
              {...timesOf(cycle)}
              series={beside(cycle, "accent", long)}
              format={(hours) => formatDuration(hours * 3600)}
              height={HEIGHT}
            />
          )}
        </Course>
      </Panel>
      <Panel title="Work by status" note="tasks that entered each status">
        <Course values={flow?.series.map((one) => one.values)} nothing={`No task was created or moved in ${span}.`}>
          {flow && (
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
          )}
        </Course>
      </Panel>
      <Panel title="Error rate" note="failed share of task events">
        <Course values={errors && [errors.now, errors.before]} nothing={`Nothing failed in ${span}.`}>
          {errors && (
            <TimeSeries
              label="Error rate"
              {...timesOf(errors)}
              series={beside(errors, "danger", long)}
              format={formatPercent}
              height={HEIGHT}
            />
          )}
        </Course>
      </Panel>
    </section>
  );
}

interface CourseProps {
  /** All values that the chart draws; left out while they are being loaded. */
  values: readonly (readonly (number | null)[])[] | undefined;
  /** What it means that there is none above 0. */
  nothing: string;
  children: ReactNode;
}

/** A chart, or in its place what is to be known of it: that it is on its way, or that there is nothing to draw. */
function Course({ values, nothing, children }: CourseProps) {
  if (!values) return <div className={cx("skeleton", WHOLE)} />;
  if (values.some((one) => one.some(Boolean))) return children;
  return <p className={cx("grid place-items-center text-center text-ink-3", WHOLE)}>{nothing}</p>;
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
