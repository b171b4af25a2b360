import { cx } from "@/lib/cx";

/** One of several choices in a row, of which one is on. */
export function Pill({ on, onClick, children }: { on: boolean; onClick: () => void; children: string }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onClick}
      className={cx(
        "h-7 rounded-full border px-2.5 text-xs font-medium max-md:h-9",
        on ? "border-accent bg-accent-soft text-accent-text" : "border-line bg-surface text-ink-2 hover:bg-hover",
      )}
    >
      {children}
    </button>
  );
}
