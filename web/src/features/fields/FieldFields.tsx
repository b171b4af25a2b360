import { useQuery } from "@tanstack/react-query";
import type { ApiError } from "@/api/errors";
import { boardsQuery } from "@/api/queries/boards";
import { Button } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { MultiCombobox } from "@/components/ui/Combobox";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { TextAreaField, TextField } from "@/components/ui/TextField";
import { DefaultField } from "./DefaultField";
import { type FieldForm, type FieldProblems, keyOf } from "./form";
import { PatternField } from "./PatternField";
import { FIELD_TYPES, takesPattern, VISIBILITIES } from "./types";

interface FieldFieldsProps {
  form: FieldForm;
  problems: FieldProblems;
  refused: ApiError | null;
  /** The field is there already: its key stays. */
  exists?: boolean;
  onChange: (form: FieldForm) => void;
}

/** The controls that making and editing a custom field share. */
export function FieldFields({ form, problems, refused, exists, onChange }: FieldFieldsProps) {
  const set = (part: Partial<FieldForm>) => onChange({ ...form, ...part });
  return (
    <>
      <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
        <TextField
          label="Label"
          required
          hint="What people see."
          error={problems.label ?? refused?.field("label")}
          maxLength={255}
          value={form.label}
          onChange={(label) => set({ label })}
        />
        <TextField
          label="Key"
          hint={
            exists
              ? "Agents and scripts use it, so it stays."
              : "What agents and scripts use. It cannot be changed later."
          }
          error={problems.key ?? refused?.field("field_key")}
          mono
          maxLength={255}
          readOnly={exists}
          placeholder={keyOf(form.label)}
          value={form.key}
          onChange={(key) => set({ key })}
        />
        <Field
          label="Type"
          hint={exists ? "Values that tasks have stay as they are." : undefined}
          error={refused?.field("field_type")}
        >
          {(props) => (
            <Select
              {...props}
              className="w-full"
              value={form.type}
              options={FIELD_TYPES}
              onChange={(type) => set({ type, fallback: type === form.type ? form.fallback : "" })}
            />
          )}
        </Field>
        <Field label="Shown on tasks" error={refused?.field("ui_visibility")}>
          {(props) => (
            <Select
              {...props}
              className="w-full"
              value={form.visibility}
              options={VISIBILITIES}
              onChange={(visibility) => set({ visibility })}
            />
          )}
        </Field>
      </div>
      <Boards
        form={form}
        error={problems.boards ?? refused?.field("board_ids")}
        onChange={(boards) => set({ boards })}
      />
      <DefaultField
        form={form}
        error={problems.fallback ?? refused?.field("default_value")}
        onChange={(fallback) => set({ fallback })}
      />
      {takesPattern(form.type) && (
        <PatternField
          value={form.pattern}
          error={problems.pattern ?? refused?.field("validation_regex")}
          onChange={(pattern) => set({ pattern })}
        />
      )}
      <Checkbox
        label="Required"
        description="A task needs a value; the default counts as one."
        checked={form.required}
        onChange={(required) => set({ required })}
      />
      <TextAreaField
        label="Description"
        hint="What it is for. Agents read this."
        error={refused?.field("description")}
        value={form.description}
        onChange={(description) => set({ description })}
      />
    </>
  );
}

interface BoardsProps {
  form: FieldForm;
  error?: string | null;
  onChange: (boards: string[]) => void;
}

function Boards({ form, error, onChange }: BoardsProps) {
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const known = new Set(boards.map((board) => board.id));
  const unseen = form.boards.filter((board) => !known.has(board));
  const put = (values: string[]) => onChange([...values].sort());
  return (
    <Field
      label="Boards"
      required
      hint={
        boards.length === 0 ? "There is no board that you can read. Make one first." : "Whose tasks have the field."
      }
      error={error}
    >
      {({ "aria-required": _required, ...props }) => (
        <div className="flex items-start gap-2">
          <MultiCombobox
            {...props}
            className="min-w-0 flex-1"
            placeholder="Choose boards…"
            searchPlaceholder="Find a board…"
            values={form.boards}
            options={[
              ...boards.map((board) => ({ value: board.id, label: board.name })),
              ...unseen.map((value) => ({ value, label: "A board that you cannot read" })),
            ]}
            onChange={put}
          />
          <Button
            reason={boards.every((board) => form.boards.includes(board.id)) ? "All boards are selected." : null}
            onClick={() => put([...new Set([...form.boards, ...known])])}
          >
            All
          </Button>
        </div>
      )}
    </Field>
  );
}
