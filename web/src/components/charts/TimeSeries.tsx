import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { cx } from "@/lib/cx";
import { type ChartColor, Legend, Swatch } from "./Legend";
import { Plot } from "./Plot";
import { niceScale } from "./scale";
import { type Bucket, fullBucket } from "./time";
import { useWidth } from "./useWidth";

/** One line, or one layer of a bar. */
export interface Series {
  label: string;
  color: ChartColor;
  /** One value a point of time; none where nothing is known. */
  values: readonly (number | null)[];
  /** Drawn as a dashed line: the time before. */
  isComparison?: boolean;
}

interface TimeSeriesProps {
  /** What is shown; the accessible name. */
  label: string;
  /** When each point begins (server times). */
  periods: readonly string[];
  bucket: Bucket;
  series: readonly Series[];
  /** `bars` stacks the series of each point on each other. */
  kind?: "line" | "area" | "bars";
  /** A value for people, with its unit. */
  format: (value: number) => string;
  /** The values are whole numbers, so the marks are too. */
  whole?: boolean;
  /** In pixels. */
  height?: number;
}

const MARGIN = { top: 10, right: 12, bottom: 22, left: 58 };

/** Values over time. Pointer and arrow keys read them out point by point; a table of all of them is there for readers. */
export function TimeSeries({
  label,
  periods,
  bucket,
  series,
  kind = "line",
  format,
  whole,
  height = 190,
}: TimeSeriesProps) {
  const [box, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const last = periods.length - 1;
  const scale = niceScale(largest(series, kind, periods.length), 4, whole);
  const inner = { width: Math.max(0, width - MARGIN.left - MARGIN.right), height: height - MARGIN.top - MARGIN.bottom };
  const step = kind === "bars" ? inner.width / periods.length : inner.width / Math.max(1, last);
  const x = (index: number) => MARGIN.left + (kind === "bars" ? (index + 0.5) * step : index * step);

  function onPointerMove(event: PointerEvent<HTMLElement>) {
    const inside = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left;
    const index = kind === "bars" ? Math.floor(inside / step) : Math.round(inside / step);
    setAt(Math.min(last, Math.max(0, index)));
  }
  function onKeyDown(event: KeyboardEvent) {
    const from = at ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (event.key === "Escape") setAt(null);
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.min(last, Math.max(0, to)));
  }
  const read = at === null || at > last ? null : at;
  return (
    <figure className="min-w-0">
      <div ref={box} className="relative">
        <div
          role="slider"
          tabIndex={0}
          aria-label={`${label}, point in time`}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, last)}
          aria-valuenow={read ?? Math.max(0, last)}
          aria-valuetext={readOut(periods, bucket, series, format, read ?? last)}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setAt(null)}
          onFocus={(event) => event.currentTarget.matches(":focus-visible") && setAt(last)}
          onBlur={() => setAt(null)}
          onKeyDown={onKeyDown}
          className="rounded-md"
          style={{ height }}
        >
          {width > 0 && periods.length > 0 && (
            <Plot
              width={width}
              height={height}
              margin={MARGIN}
              scale={scale}
              x={x}
              step={step}
              periods={periods}
              bucket={bucket}
              series={series}
              kind={kind}
              format={format}
              at={read}
            />
          )}
        </div>
        {read !== null && (
          <div
            aria-hidden="true"
            className={cx(
              "popup pointer-events-none absolute top-1 z-10 px-2.5 py-1.5 text-xs",
              x(read) > width / 2 ? "-translate-x-[calc(100%+10px)]" : "translate-x-2.5",
            )}
            style={{ left: x(read) }}
          >
            <p className="mb-0.5 whitespace-nowrap text-ink-3">{fullBucket(periods[read] as string, bucket)}</p>
            {series.map((one) => (
              <p key={one.label} className="flex items-center gap-1.5 whitespace-nowrap">
                <Swatch color={one.color} dashed={one.isComparison} />
                <span className="text-ink-2">{one.label}</span>
                <span className="ml-auto pl-3 font-semibold tabular-nums">{shown(one.values[read], format)}</span>
              </p>
            ))}
          </div>
        )}
      </div>
      {series.length > 1 && <Legend series={series} />}
      <div className="sr-only">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map((one) => (
                <th key={one.label} scope="col">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {periods.map((period, index) => (
              <tr key={period}>
                <th scope="row">{fullBucket(period, bucket)}</th>
                {series.map((one) => (
                  <td key={one.label}>{shown(one.values[index], format)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function shown(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}

function readOut(
  periods: readonly string[],
  bucket: Bucket,
  series: readonly Series[],
  format: (value: number) => string,
  at: number,
): string {
  const period = periods[at];
  if (period === undefined) return "No data";
  return `${fullBucket(period, bucket)}: ${series.map((one) => `${one.label} ${shown(one.values[at], format)}`).join(", ")}`;
}

function largest(series: readonly Series[], kind: TimeSeriesProps["kind"], points: number): number {
  if (kind !== "bars") return Math.max(0, ...series.flatMap((one) => one.values.map((value) => value ?? 0)));
  const sums = Array.from({ length: points }, (_, index) =>
    series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0),
  );
  return Math.max(0, ...sums);
}
