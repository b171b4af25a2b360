import type { CustomField } from "@/api/types";
import { Select } from "@/components/ui/Select";

interface FieldInputProps {
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
  /** The accessible name where no label is tied to it. */
  label?: string;
  field: CustomField;
  text: string;
  disabled?: boolean;
  autoFocus?: boolean;
  onChange: (text: string) => void;
  /** The value is complete: the field was left, or a choice was made. */
  onCommit?: (text: string) => void;
  onCancel?: () => void;
}

const INPUT_TYPES: Partial<Record<CustomField["field_type"], string>> = {
  date: "date",
  date_time: "datetime-local",
  url: "url",
};

/** The control for a custom field, by its type. What is typed stays as it is until the field is left. */
export function FieldInput({
  field,
  text,
  disabled,
  label,
  autoFocus,
  onChange,
  onCommit,
  onCancel,
  ...rest
}: FieldInputProps) {
  if (field.field_type === "boolean") {
    return (
      <Select
        id={rest.id}
        aria-describedby={rest["aria-describedby"]}
        label={label}
        value={text}
        disabled={disabled}
        className="w-full"
        options={[
          { value: "", label: "Not set" },
          { value: "true", label: "Yes" },
          { value: "false", label: "No" },
        ]}
        onChange={(value) => {
          onChange(value);
          onCommit?.(value);
        }}
      />
    );
  }
  const shared = {
    ...rest,
    "aria-label": label,
    autoFocus,
    disabled,
    value: text,
    placeholder: placeholderOf(field),
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    onBlur: () => onCommit?.(text),
    onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => {
      if (event.key === "Escape" && onCancel) {
        event.stopPropagation();
        onCancel();
      }
      const isLine = event.currentTarget instanceof HTMLInputElement;
      if (event.key === "Enter" && onCommit && (isLine || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        onCommit(text);
      }
    },
  };
  if (field.field_type === "text_long" || field.field_type === "json") {
    const mono = field.field_type === "json" ? "font-mono text-xs" : "";
    return <textarea {...shared} spellCheck={mono === ""} className={`field field-sizing-content min-h-20 ${mono}`} />;
  }
  const numeric = field.field_type === "integer" ? "numeric" : field.field_type === "decimal" ? "decimal" : undefined;
  return (
    <input
      {...shared}
      type={INPUT_TYPES[field.field_type] ?? "text"}
      inputMode={numeric}
      className="field h-8 max-md:h-10"
    />
  );
}

function placeholderOf(field: CustomField): string | undefined {
  const value = field.default_value;
  if (value === null || value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
