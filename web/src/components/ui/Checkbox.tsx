import { Check, Minus } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cx } from "@/lib/cx";
import { Tip } from "./Button";

interface CheckboxProps {
  label: string;
  /** What it means, in a sentence. */
  description?: ReactNode;
  checked: boolean;
  /** Some, but not all, of what it stands for. */
  indeterminate?: boolean;
  disabled?: boolean;
  /** Why it cannot be changed. */
  reason?: string | null;
  onChange: (checked: boolean) => void;
  /** Only the box; the label is for assistive technology. */
  compact?: boolean;
  className?: string;
}

/** One of several things that may be chosen; a `Switch` is for a setting that takes effect at once. */
export function Checkbox({
  label,
  description,
  checked,
  indeterminate,
  disabled,
  reason,
  onChange,
  compact,
  className,
}: CheckboxProps) {
  const id = useId();
  const off = disabled || Boolean(reason);
  const box = (
    // biome-ignore lint/a11y/useSemanticElements: an input has no room for the mark inside it.
    <button
      type="button"
      role="checkbox"
      id={id}
      aria-checked={indeterminate ? "mixed" : checked}
      aria-readonly={reason ? true : undefined}
      // A box with a reason stays in reach, or nobody could read the reason.
      disabled={disabled}
      onClick={() => !reason && onChange(indeterminate ? true : !checked)}
      aria-label={compact ? label : undefined}
      aria-describedby={description ? `${id}-about` : undefined}
      className={cx(
        "relative z-[1] inline-grid size-4 shrink-0 place-items-center rounded border align-middle transition-colors",
        // A finger needs more room than the box shows.
        "after:absolute after:-inset-2",
        checked || indeterminate ? "border-accent bg-accent text-accent-ink" : "border-line-strong bg-surface",
        off && "cursor-not-allowed opacity-55",
        compact && className,
      )}
    >
      {indeterminate ? <Minus size={12} strokeWidth={3} /> : checked && <Check size={12} strokeWidth={3} />}
    </button>
  );
  const control = reason ? <Tip text={reason}>{box}</Tip> : box;
  if (compact) return control;
  return (
    <div className={cx("flex items-start gap-2.5", className)}>
      <span className="flex h-5 items-center">{control}</span>
      <div className="min-w-0">
        <label htmlFor={id} className={cx("block", off && "text-ink-3")}>
          {label}
        </label>
        {description && (
          <p id={`${id}-about`} className="text-xs text-ink-3">
            {description}
          </p>
        )}
      </div>
    </div>
  );
}
