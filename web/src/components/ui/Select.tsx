import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface Option<T extends string> {
  value: T;
  label: string;
  icon?: ReactNode;
  disabled?: boolean;
  note?: string | null;
}

interface SelectProps<T extends string> {
  /** The accessible name; leave out when a `Field` labels the control through `id`. */
  label?: string;
  id?: string;
  value: T;
  options: Option<T>[];
  onChange: (value: T) => void;
  disabled?: boolean;
  /** Without a frame, for rows of properties. */
  quiet?: boolean;
  className?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

/** A choice of one among few. */
export function Select<T extends string>({
  label,
  id,
  value,
  options,
  onChange,
  disabled,
  quiet,
  className,
  ...rest
}: SelectProps<T>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root value={value} onValueChange={(next) => next !== null && onChange(next)} disabled={disabled}>
      <Base.Trigger
        id={id}
        aria-label={label ? `${label}: ${chosen?.label ?? value}` : undefined}
        aria-describedby={rest["aria-describedby"]}
        aria-invalid={rest["aria-invalid"]}
        className={cx(
          "flex items-center gap-2 rounded-md text-left text-sm transition-colors data-disabled:cursor-not-allowed",
          quiet
            ? "min-h-7 px-1.5 py-0.5 hover:bg-hover data-disabled:hover:bg-transparent max-md:min-h-9"
            : "h-8 border border-line-strong/60 bg-surface px-2.5 hover:border-line-strong aria-invalid:border-danger data-disabled:bg-sunken data-disabled:text-ink-3 max-md:h-10",
          className,
        )}
      >
        {chosen?.icon}
        <span className="min-w-0 flex-1 truncate">{chosen?.label ?? value}</span>
        {!quiet && <ChevronDown size={14} className="text-ink-3" aria-hidden="true" />}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="z-50 outline-none" sideOffset={6} alignItemWithTrigger={false}>
          <Base.Popup className="popup max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto p-1">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} disabled={option.disabled} className="menu-item">
                {option.icon}
                <span className="min-w-0 flex-1">
                  <Base.ItemText className="block truncate">{option.label}</Base.ItemText>
                  {option.note && (
                    <span className="block max-w-64 text-xs whitespace-normal text-ink-3">{option.note}</span>
                  )}
                </span>
                <Base.ItemIndicator>
                  <Check size={14} className="text-accent-text" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
