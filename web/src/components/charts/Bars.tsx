import { Link, type LinkProps } from "@tanstack/react-router";
import { type ChartColor, chartColor } from "./Legend";

/** One bar. */
export interface Bar {
  label: string;
  value: number;
  color?: ChartColor;
  link?: LinkProps;
}

interface BarsProps {
  /** What is compared; the accessible name. */
  label: string;
  bars: readonly Bar[];
  format: (value: number) => string;
}

/** Figures of several things, compared by length. */
export function Bars({ label, bars, format }: BarsProps) {
  const top = Math.max(0, ...bars.map((bar) => bar.value)) || 1;
  return (
    <ul aria-label={label} className="space-y-2">
      {bars.map((bar) => (
        <li key={bar.label} className="text-sm">
          <div className="mb-1 flex items-baseline justify-between gap-3">
            {bar.link ? (
              <Link {...bar.link} className="truncate text-ink-2 hover:text-ink hover:underline">
                {bar.label}
              </Link>
            ) : (
              <span className="truncate text-ink-2">{bar.label}</span>
            )}
            <span className="font-semibold tabular-nums">{format(bar.value)}</span>
          </div>
          <div className="h-1.5 overflow-hidden rounded-full bg-hover" aria-hidden="true">
            <div
              className="h-full rounded-full"
              style={{ width: `${(bar.value / top) * 100}%`, background: chartColor(bar.color ?? "accent") }}
            />
          </div>
        </li>
      ))}
    </ul>
  );
}
