/** The colours that charts use, by their names in `styles.css`. */
export type ChartColor = "accent" | "inbox" | "progress" | "review" | "done" | "danger" | "warn" | "muted";

/** A chart colour as CSS. */
export function chartColor(color: ChartColor): string {
  return color === "muted" ? "var(--line-strong)" : `var(--${color})`;
}

/** The colour of a series as a small line; dashed for the time before. */
export function Swatch({ color, dashed }: { color: ChartColor; dashed?: boolean }) {
  return (
    <svg width="12" height="8" aria-hidden="true" className="shrink-0">
      <line
        x1="1"
        x2="11"
        y1="4"
        y2="4"
        stroke={chartColor(color)}
        strokeWidth={dashed ? 2 : 4}
        strokeLinecap={dashed ? "butt" : "round"}
        strokeDasharray={dashed ? "3 2" : undefined}
      />
    </svg>
  );
}

/** What the colours of a chart stand for. */
export function Legend({
  series,
}: {
  series: readonly { label: string; color: ChartColor; isComparison?: boolean }[];
}) {
  return (
    <ul aria-hidden="true" className="mt-1 flex flex-wrap gap-x-4 gap-y-1 pl-11 text-xs text-ink-2">
      {series.map((one) => (
        <li key={one.label} className="flex items-center gap-1.5">
          <Swatch color={one.color} dashed={one.isComparison} />
          {one.label}
        </li>
      ))}
    </ul>
  );
}
