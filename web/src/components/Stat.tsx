import { Link, type LinkProps } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { formatPercent } from "@/lib/format";

interface StatProps {
  label: string;
  /** The figure as people read it; left out while it is being loaded. */
  value: ReactNode | undefined;
  /** What it means or what it is part of, in a few words. */
  note?: ReactNode;
  /** The change against the time before. */
  change?: Change;
  /** Where there is more to see. */
  link?: LinkProps;
  tone?: "plain" | "warn" | "danger";
  /** A small picture of the figure over time. */
  children?: ReactNode;
}

interface Change {
  now: number;
  before: number;
  /** Which way is good; unset when neither is. */
  better?: "more" | "less";
}

const TONES = { plain: "", warn: "text-warn", danger: "text-danger" };

/** One figure with its name, and how it has changed. */
export function Stat({ label, value, note, change, link, tone = "plain", children }: StatProps) {
  const name = link ? (
    <Link {...link} className="after:absolute after:inset-0 after:rounded-xl hover:text-ink">
      {label}
    </Link>
  ) : (
    label
  );
  return (
    <div
      className={cx(
        "relative flex min-w-0 flex-col rounded-xl border border-line bg-surface px-4 py-3 shadow-card",
        link && "hover:border-line-strong/60",
      )}
    >
      <p className="truncate text-xs font-medium text-ink-3">{name}</p>
      <div className="mt-1 flex items-end justify-between gap-3">
        {value === undefined ? (
          <span className="skeleton my-1 h-5 w-14" />
        ) : (
          <p className={cx("text-xl font-semibold tabular-nums", TONES[tone])}>{value}</p>
        )}
        {children}
      </div>
      <p className="mt-0.5 flex min-h-4 flex-wrap items-center gap-x-1.5 text-xs text-ink-3">
        {change && <Delta {...change} />}
        {note && <span className="truncate">{note}</span>}
      </p>
    </div>
  );
}

function Delta({ now, before, better }: Change) {
  const difference = now - before;
  if (now === 0 && before === 0) return null;
  const Arrow = difference > 0 ? ArrowUp : difference < 0 ? ArrowDown : Minus;
  const isGood = better && difference !== 0 ? difference > 0 === (better === "more") : null;
  const text =
    difference === 0 ? "as before" : before === 0 ? "new" : formatPercent(Math.abs((difference / before) * 100));
  return (
    <span
      className={cx(
        "inline-flex items-center gap-0.5 font-medium tabular-nums",
        isGood === true && "text-ok",
        isGood === false && "text-warn",
      )}
    >
      <Arrow size={12} aria-hidden="true" />
      <span className="sr-only">{difference > 0 ? "up" : difference < 0 ? "down" : ""} </span>
      {text}
    </span>
  );
}
