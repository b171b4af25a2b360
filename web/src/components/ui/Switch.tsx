import { Switch as Base } from "@base-ui/react/switch";
import { type ReactNode, useId } from "react";
import { cx } from "@/lib/cx";

interface SwitchProps {
  label: string;
  /** What the switch changes, in a sentence. */
  description?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
  /** Only the switch; the label is for assistive technology. */
  compact?: boolean;
}

/** A setting that is on or off. */
export function Switch({ label, description, checked, disabled, onChange, compact }: SwitchProps) {
  const id = useId();
  const control = (
    <Base.Root
      id={id}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      aria-label={compact ? label : undefined}
      aria-describedby={description ? `${id}-about` : undefined}
      className={cx(
        "relative inline-flex h-5 w-9 shrink-0 rounded-full border border-line-strong bg-sunken transition-colors",
        "data-checked:border-accent data-checked:bg-accent data-disabled:cursor-not-allowed data-disabled:opacity-55",
      )}
    >
      <Base.Thumb className="m-[2px] size-3.5 rounded-full bg-line-strong transition-transform data-checked:translate-x-4 data-checked:bg-accent-ink" />
    </Base.Root>
  );
  if (compact) return control;
  return (
    <div className="flex items-start gap-3">
      <div className="pt-0.5">{control}</div>
      <div>
        <label htmlFor={id} className="font-medium">
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
