import { NumberField as Base } from "@base-ui/react/number-field";
import { Minus, Plus } from "lucide-react";
import { cx } from "@/lib/cx";

interface NumberFieldProps {
  /** The accessible name; leave out when a `Field` labels the control through `id`. */
  label?: string;
  id?: string;
  /** Nothing when the field is empty. */
  value: number | null;
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  /** How far a press on a button or an arrow key goes; 1 unless told. */
  step?: number;
  /** What is counted, behind the number: "minutes". */
  unit?: string;
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
  "aria-required"?: boolean;
}

/** A number to type or to step through. What is out of bounds is drawn in when the field is left. */
export function NumberField({
  label,
  id,
  value,
  onChange,
  min,
  max,
  step = 1,
  unit,
  placeholder,
  disabled,
  className,
  ...aria
}: NumberFieldProps) {
  const button =
    "grid w-8 shrink-0 place-items-center text-ink-2 hover:bg-hover hover:text-ink data-disabled:cursor-not-allowed data-disabled:text-ink-3 data-disabled:hover:bg-transparent max-md:w-11";
  return (
    <Base.Root
      id={id}
      value={value}
      onValueChange={onChange}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      className={className}
    >
      <Base.Group className="field flex h-8 items-stretch overflow-hidden p-0! focus-within:border-accent max-md:h-11">
        <Base.Input
          aria-label={label}
          placeholder={placeholder}
          className="w-full min-w-0 flex-1 bg-transparent pl-2.5 tabular-nums outline-none disabled:cursor-not-allowed"
          {...aria}
        />
        {unit && <span className="self-center pr-2 text-xs whitespace-nowrap text-ink-3">{unit}</span>}
        <Base.Decrement aria-label="Less" className={cx(button, "border-l border-line")}>
          <Minus size={14} />
        </Base.Decrement>
        <Base.Increment aria-label="More" className={cx(button, "border-l border-line")}>
          <Plus size={14} />
        </Base.Increment>
      </Base.Group>
    </Base.Root>
  );
}
