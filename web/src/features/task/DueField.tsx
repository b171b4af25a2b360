import { useRef, useState } from "react";
import type { TaskCard } from "@/api/types";
import { isTaskOverdue } from "@/features/board/filter";
import { cx } from "@/lib/cx";
import { useNow } from "@/lib/now";
import { fromDateField, parseTime, shortDate, toDateField } from "@/lib/time";

interface DueFieldProps {
  task: TaskCard;
  disabled: boolean;
  onChange: (due: string | null) => void;
}

// While somebody types a year, browsers tell of the years 2, 20 and 202 too.
const FIRST_YEAR = "1900";

/** The day at whose end a task is due, as text; a press shows the field to change it. */
export function DueField({ task, disabled, onChange }: DueFieldProps) {
  const now = useNow();
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const day = toDateField(task.due_at);
  const overdue = isTaskOverdue(task, now);
  const text = task.due_at ? shortDate(parseTime(task.due_at), now) : null;

  function close() {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  }

  if (editing && !disabled) {
    return (
      <input
        type="date"
        aria-label="Due date"
        // biome-ignore lint/a11y/noAutofocus: the user has just asked to type here.
        autoFocus
        defaultValue={day}
        onChange={({ target: { value } }) => {
          if (value === day || (value && value < FIRST_YEAR)) return;
          onChange(value ? fromDateField(value) : null);
        }}
        onBlur={() => setEditing(false)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "Escape") return;
          event.preventDefault();
          // Escape would close the panel.
          event.stopPropagation();
          close();
        }}
        className="field h-7 w-40! py-0! max-md:h-10"
      />
    );
  }
  return (
    <button
      ref={button}
      type="button"
      disabled={disabled}
      aria-label={`Due date: ${text ?? "not set"}${overdue ? ", overdue" : ""}. Change`}
      onClick={() => setEditing(true)}
      className={cx(
        "h-7 rounded-md px-1.5 text-left enabled:hover:bg-hover max-md:h-9",
        overdue && "font-medium text-danger",
        !text && "text-ink-3",
      )}
    >
      {overdue && "Overdue · "}
      {text ?? (disabled ? "None" : "Set a date")}
    </button>
  );
}
