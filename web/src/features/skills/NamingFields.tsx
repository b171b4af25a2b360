import type { ApiError } from "@/api/errors";
import { TextAreaField, TextField } from "@/components/ui/TextField";

interface Naming {
  name: string;
  description: string;
}

interface NamingFieldsProps {
  form: Naming;
  refused: ApiError | null;
  onChange: (part: Partial<Naming>) => void;
}

/** What people call a skill or a pack; the server finds words of its own for what is left empty. */
export function NamingFields({ form, refused, onChange }: NamingFieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        hint="Made from the address when left empty."
        error={refused?.field("name")}
        maxLength={255}
        value={form.name}
        onChange={(name) => onChange({ name })}
      />
      <TextAreaField
        label="Description"
        error={refused?.field("description")}
        value={form.description}
        onChange={(description) => onChange({ description })}
      />
    </>
  );
}
