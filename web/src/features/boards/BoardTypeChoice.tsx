import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useId } from "react";

export type BoardType = "general" | "goal";

const TYPES: { value: BoardType; label: string; about: string }[] = [
  { value: "general", label: "General", about: "Work as it comes, without an end." },
  { value: "goal", label: "Goal", about: "Work towards one objective with a measure and, if you like, a date." },
];

interface BoardTypeChoiceProps {
  value: BoardType;
  disabled?: boolean;
  onChange: (value: BoardType) => void;
}

/** What kind of board it is, each kind explained. */
export function BoardTypeChoice({ value, disabled, onChange }: BoardTypeChoiceProps) {
  const id = useId();
  return (
    <div>
      <p id={id} className="mb-1.5 text-sm font-medium">
        Type
      </p>
      <RadioGroup
        aria-labelledby={id}
        value={value}
        disabled={disabled}
        onValueChange={(next) => onChange(next as BoardType)}
        className="grid grid-cols-2 gap-3 max-md:grid-cols-1"
      >
        {TYPES.map((type) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is the control.
          <label
            key={type.value}
            className="flex gap-3 rounded-lg border border-line p-3 hover:bg-hover has-data-checked:border-accent has-data-checked:bg-accent-soft"
          >
            <Radio.Root
              value={type.value}
              className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-line-strong bg-surface data-checked:border-accent"
            >
              <Radio.Indicator className="size-2 rounded-full bg-accent" />
            </Radio.Root>
            <span>
              <span className="block font-medium">{type.label}</span>
              <span className="block text-xs text-ink-2">{type.about}</span>
            </span>
          </label>
        ))}
      </RadioGroup>
    </div>
  );
}
