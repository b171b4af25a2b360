import { type ChartColor, chartColor } from "./Legend";

interface SparklineProps {
  values: readonly number[];
  color?: ChartColor;
  /** What it shows, when no text beside it says so. */
  label?: string;
  width?: number;
  height?: number;
}

/** The course of a figure, small enough to stand beside it. */
export function Sparkline({ values, color = "accent", label, width = 72, height = 24 }: SparklineProps) {
  if (values.length < 2) return null;
  const top = Math.max(...values);
  const bottom = Math.min(0, ...values);
  const span = top - bottom || 1;
  const points = values.map(
    (value, index) =>
      `${((index / (values.length - 1)) * (width - 2) + 1).toFixed(1)},${(height - 2 - ((value - bottom) / span) * (height - 4)).toFixed(1)}`,
  );
  return (
    <svg
      width={width}
      height={height}
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      className="shrink-0"
    >
      <path d={`M${points.join("L")}L${width - 1},${height}L1,${height}Z`} fill={chartColor(color)} opacity={0.12} />
      <path
        d={`M${points.join("L")}`}
        fill="none"
        stroke={chartColor(color)}
        strokeWidth={1.5}
        strokeLinejoin="round"
      />
    </svg>
  );
}
