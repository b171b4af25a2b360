import type { DashboardMetrics, DashboardSeriesSet } from "@/api/types";
import type { Series } from "@/components/charts/TimeSeries";
import type { Bucket } from "@/components/charts/time";

type Points = DashboardSeriesSet["primary"]["points"];

/** A series beside the time of the same length before it, ready to be drawn. */
export interface Compared {
  periods: string[];
  bucket: Bucket;
  now: (number | null)[];
  before: (number | null)[];
}

/**
 * A series and the one before it. The latter may have a period more or less, as months do; its end is laid over the end.
 * With `emptyIsUnknown` a 0 stands for "nothing happened" and leaves a gap, as a mean of nothing must.
 */
export function compared(set: DashboardSeriesSet, emptyIsUnknown = false): Compared {
  const { points, bucket } = set.primary;
  const value = (point: Points[number] | undefined) =>
    !point || (emptyIsUnknown && point.value === 0) ? null : point.value;
  const shift = set.comparison.points.length - points.length;
  return {
    periods: points.map((point) => point.period),
    bucket: bucket as Bucket,
    now: points.map(value),
    before: points.map((_, index) => value(set.comparison.points[index + shift])),
  };
}

/** The sum over a series. */
export function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** Where tasks came to stand, a layer for each state; the first lies at the bottom. */
export function flowOf(wip: DashboardMetrics["wip"]): { periods: string[]; bucket: Bucket; series: Series[] } {
  const { points, bucket } = wip.primary;
  return {
    periods: points.map((point) => point.period),
    bucket: bucket as Bucket,
    series: [
      { label: "Done", color: "done", values: points.map((point) => point.done) },
      { label: "Review", color: "review", values: points.map((point) => point.review) },
      { label: "In progress", color: "progress", values: points.map((point) => point.in_progress) },
      { label: "Inbox", color: "inbox", values: points.map((point) => point.inbox) },
    ],
  };
}
