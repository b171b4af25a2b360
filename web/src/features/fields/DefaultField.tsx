import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import type { FieldForm } from "./form";

const INPUT_TYPES = { date: "date", date_time: "datetime-local", url: "url" } as const;
const INPUT_MODES = { integer: "numeric", decimal: "decimal" } as const;

interface DefaultFieldProps {
  form: FieldForm;
  error?: string | null;
  onChange: (fallback: string) => void;
}

/** The value of tasks that have none of their own, in the control of its type. */
export function DefaultField({ form, error, onChange }: DefaultFieldProps) {
  const { type, fallback } = form;
  return (
    <Field label="Default" hint="The value of tasks that have none of their own. Empty for none." error={error}>
      {(props) => {
        if (type === "boolean") {
          return (
            <Select
              {...props}
              className="w-full"
              value={fallback}
              options={[
                { value: "", label: "None" },
                { value: "true", label: "Yes" },
                { value: "false", label: "No" },
              ]}
              onChange={onChange}
            />
          );
        }
        if (type === "text_long" || type === "json") {
          return (
            <textarea
              {...props}
              className={type === "json" ? "field min-h-20 font-mono" : "field min-h-20"}
              spellCheck={type !== "json"}
              placeholder={type === "json" ? '{"key": "value"}' : undefined}
              value={fallback}
              onChange={(event) => onChange(event.target.value)}
            />
          );
        }
        return (
          <input
            {...props}
            className="field"
            type={type in INPUT_TYPES ? INPUT_TYPES[type as keyof typeof INPUT_TYPES] : "text"}
            inputMode={type in INPUT_MODES ? INPUT_MODES[type as keyof typeof INPUT_MODES] : undefined}
            placeholder={type === "url" ? "https://…" : undefined}
            value={fallback}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}
