import { cx } from "@/lib/cx";

interface MeterProps {
  /** What is measured; the accessible name. */
  label: string;
  value: number;
  /** The most there can be, in the unit of `value`; above 0. */
  max: number;
  /** The value in words; percents unless told. */
  text?: string;
  /** From these shares on (0 to 1) it is shown as a warning, or as alarming. */
  warnFrom?: number;
  dangerFrom?: number;
  className?: string;
}

/** How much of something is used. */
export function Meter({ label, value, max, text, warnFrom = 0.8, dangerFrom = 0.95, className }: MeterProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  const color = share >= dangerFrom ? "bg-danger" : share >= warnFrom ? "bg-warn" : "bg-accent";
  return (
    // biome-ignore lint/a11y/useSemanticElements: the colours of `<meter>` cannot be chosen in every browser.
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text ?? `${Math.round(share * 100)}%`}
      className={cx("h-1.5 min-w-10 overflow-hidden rounded-full bg-hover", className)}
    >
      <div className={cx("h-full rounded-full", color)} style={{ width: `${share * 100}%` }} />
    </div>
  );
}
