import { chartColor } from "./Legend";
import { labelled, type Scale } from "./scale";
import type { Series } from "./TimeSeries";
import { type Bucket, shortBucket } from "./time";

interface PlotProps {
  width: number;
  height: number;
  margin: { top: number; right: number; bottom: number; left: number };
  scale: Scale;
  x: (index: number) => number;
  /** The distance between two points. */
  step: number;
  periods: readonly string[];
  bucket: Bucket;
  series: readonly Series[];
  kind: "line" | "area" | "bars";
  format: (value: number) => string;
  /** The point that is read out. */
  at: number | null;
}

const LABEL_WIDTH = 62;

/** The picture of a time series. */
export function Plot(props: PlotProps) {
  const { width, height, margin, scale, x, periods, bucket, format, at, kind } = props;
  const bottom = height - margin.bottom;
  const y = (value: number) => bottom - (value / scale.max) * (bottom - margin.top);
  const shown = labelled(periods.length, width - margin.left - margin.right, LABEL_WIDTH);
  return (
    <svg width={width} height={height} aria-hidden="true" className="block">
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
          <text
            x={margin.left - 8}
            y={y(tick)}
            dy="0.32em"
            textAnchor="end"
            className="fill-ink-3 text-xs tabular-nums"
          >
            {format(tick)}
          </text>
        </g>
      ))}
      {periods.map(
        (period, index) =>
          shown.has(index) && (
            <text
              key={period}
              x={x(index)}
              y={height - 5}
              textAnchor={kind === "bars" ? "middle" : anchor(index, periods.length)}
              className="fill-ink-3 text-xs"
            >
              {shortBucket(period, bucket)}
            </text>
          ),
      )}
      {kind === "bars" ? <Bars {...props} y={y} /> : <Lines {...props} y={y} bottom={bottom} />}
      {at !== null && kind !== "bars" && (
        <line x1={x(at)} x2={x(at)} y1={margin.top} y2={bottom} stroke="var(--line-strong)" strokeDasharray="2 3" />
      )}
      {at !== null && kind !== "bars" && <Dots {...props} y={y} at={at} />}
    </svg>
  );
}

/** Labels at the ends stay inside the picture. */
function anchor(index: number, count: number): "start" | "middle" | "end" {
  if (index === count - 1) return "end";
  return index === 0 ? "start" : "middle";
}

function Lines({ series, x, y, kind, bottom }: PlotProps & { y: (value: number) => number; bottom: number }) {
  // The time before lies below the present.
  const ordered = [...series].sort((a, b) => Number(b.isComparison ?? false) - Number(a.isComparison ?? false));
  return ordered.map((one) => {
    const runs = toRuns(one.values);
    const color = chartColor(one.color);
    const line = (run: Run) => run.map(([index, value]) => `${x(index)},${y(value)}`).join("L");
    return (
      <g key={one.label}>
        {kind === "area" &&
          !one.isComparison &&
          runs.map((run) => (
            <path
              key={run[0]?.[0]}
              d={`M${x(run[0]?.[0] ?? 0)},${bottom}L${line(run)}L${x(run.at(-1)?.[0] ?? 0)},${bottom}Z`}
              fill={color}
              opacity={0.12}
            />
          ))}
        {runs.map((run) =>
          run.length === 1 ? (
            <circle key={run[0]?.[0]} cx={x(run[0]?.[0] ?? 0)} cy={y(run[0]?.[1] ?? 0)} r={2.5} fill={color} />
          ) : (
            <path
              key={run[0]?.[0]}
              d={`M${line(run)}`}
              fill="none"
              stroke={color}
              strokeWidth={one.isComparison ? 1.5 : 2}
              strokeDasharray={one.isComparison ? "4 4" : undefined}
              strokeLinejoin="round"
              strokeLinecap="round"
            />
          ),
        )}
      </g>
    );
  });
}

function Dots({ series, x, y, at }: PlotProps & { y: (value: number) => number; at: number }) {
  return series.map((one) => {
    const value = one.values[at];
    if (value === null || value === undefined) return null;
    return (
      <circle
        key={one.label}
        cx={x(at)}
        cy={y(value)}
        r={4}
        fill={chartColor(one.color)}
        stroke="var(--surface)"
        strokeWidth={2}
      />
    );
  });
}

function Bars({ series, periods, x, y, step, at }: PlotProps & { y: (value: number) => number }) {
  const width = Math.max(2, Math.min(28, step * 0.7));
  return periods.map((period, index) => {
    let sum = 0;
    return (
      <g key={period} opacity={at === null || at === index ? 1 : 0.45}>
        {series.map((one) => {
          const value = one.values[index] ?? 0;
          if (value === 0) return null;
          const from = y(sum);
          sum += value;
          const top = y(sum);
          return (
            <rect
              key={one.label}
              x={x(index) - width / 2}
              y={top}
              width={width}
              // A hair of the page between two layers keeps them apart without colour.
              height={Math.max(1, from - top - 1)}
              rx={1.5}
              fill={chartColor(one.color)}
            />
          );
        })}
      </g>
    );
  });
}

type Run = [index: number, value: number][];

/** The stretches of a series without a gap. */
function toRuns(values: readonly (number | null)[]): Run[] {
  const runs: Run[] = [];
  let open: Run | null = null;
  values.forEach((value, index) => {
    if (value === null) {
      open = null;
      return;
    }
    if (!open) {
      open = [];
      runs.push(open);
    }
    open.push([index, value]);
  });
  return runs;
}
