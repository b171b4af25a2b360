import { Plus } from "lucide-react";
import { useState } from "react";
import { ApiError, messageOf } from "@/api/errors";
import type { CustomField, TaskCard } from "@/api/types";
import { Button } from "@/components/ui/Button";
import { Menu, MenuGroup, MenuItem } from "@/components/ui/Menu";
import { useBoard } from "@/features/board/context";
import { isVisible, parseField, shownValue, toText } from "./customFields";
import { FieldInput } from "./FieldInput";
import { useUpdateTask } from "./mutations";

/** The custom fields of a task, each changed in place. Fields that are shown only with a value can be added. */
export function CustomFields({ task }: { task: TaskCard }) {
  const { fields, write } = useBoard();
  // Fields without a value that were asked for; they stay while the panel is open, also when they are emptied.
  const [added, setAdded] = useState<string[]>([]);
  const stored = (field: CustomField) => task.custom_field_values?.[field.field_key];
  const shown = fields.filter((field) => isVisible(field, stored(field)) || added.includes(field.field_key));
  const addable = fields.filter((field) => field.ui_visibility === "if_set" && !shown.includes(field));
  if (shown.length === 0 && (addable.length === 0 || !write.allowed)) return null;
  return (
    <section aria-labelledby="task-fields" className="px-2">
      <div className="mb-1 flex min-h-7 items-center justify-between">
        <h3 id="task-fields" className="text-xs font-medium text-ink-3">
          Fields
        </h3>
        {addable.length > 0 && write.allowed && (
          <Menu
            align="end"
            trigger={
              <Button size="sm" variant="ghost" icon={<Plus size={13} />}>
                Add field
              </Button>
            }
          >
            <MenuGroup label="Fields of this board">
              {addable.map((field) => (
                <MenuItem key={field.id} note={field.description} onClick={() => setAdded([...added, field.field_key])}>
                  {field.label}
                </MenuItem>
              ))}
            </MenuGroup>
          </Menu>
        )}
      </div>
      <dl className="-mx-2 grid grid-cols-[100px_1fr] items-start gap-y-0.5 text-sm">
        {shown.map((field) => (
          <FieldRow
            key={field.id}
            task={task}
            field={field}
            value={stored(field)}
            isNew={added.includes(field.field_key)}
          />
        ))}
      </dl>
    </section>
  );
}

interface FieldRowProps {
  task: TaskCard;
  field: CustomField;
  value: unknown;
  isNew: boolean;
}

function FieldRow({ task, field, value, isNew }: FieldRowProps) {
  const { boardId, write } = useBoard();
  const update = useUpdateTask(boardId);
  const isSet = value !== null && value !== undefined;
  const [text, setText] = useState<string | null>(isNew && !isSet ? "" : null);
  const [problem, setProblem] = useState<string | null>(null);

  async function commit(typed: string) {
    const parsed = parseField(field, typed);
    if ("problem" in parsed) {
      setProblem(parsed.problem);
      return;
    }
    setProblem(null);
    if (typed === toText(field.field_type, value)) {
      if (isSet || !isNew) setText(null);
      return;
    }
    try {
      await update.mutateAsync({ task, changes: { custom_field_values: { [field.field_key]: parsed.value } } });
      setText(null);
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : messageOf(error));
    }
  }

  return (
    <>
      <dt className="min-w-0 px-2 py-1 break-words text-ink-3 max-md:py-2" title={field.description ?? undefined}>
        {field.label}
        {field.required && (
          <span aria-hidden="true" className="text-danger">
            {" "}
            *
          </span>
        )}
      </dt>
      <dd className="min-w-0">
        {text === null ? (
          <Shown
            field={field}
            value={value}
            reason={write.reason}
            onEdit={() => setText(toText(field.field_type, value))}
          />
        ) : (
          <FieldInput
            field={field}
            label={field.label}
            text={text}
            autoFocus
            aria-invalid={problem ? true : undefined}
            onChange={(next) => {
              setText(next);
              setProblem(null);
            }}
            onCommit={(typed) => void commit(typed)}
            onCancel={() => {
              setText(null);
              setProblem(null);
            }}
          />
        )}
        {problem && (
          <p role="alert" className="mt-1 text-xs font-medium text-danger">
            {problem}
          </p>
        )}
      </dd>
    </>
  );
}

interface ShownProps {
  field: CustomField;
  value: unknown;
  reason: string | null;
  onEdit: () => void;
}

function Shown({ field, value, reason, onEdit }: ShownProps) {
  const isSet = value !== null && value !== undefined;
  const text = isSet ? shownValue(field.field_type, value) : "Not set";
  if (field.field_type === "url" && isSet) {
    return (
      <span className="flex min-w-0 items-center gap-1">
        <a
          href={text}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="min-w-0 truncate px-1.5 py-1 text-accent-text hover:underline"
        >
          {text}
        </a>
        <Button size="sm" variant="ghost" reason={reason} onClick={onEdit} aria-label={`Change ${field.label}`}>
          Change
        </Button>
      </span>
    );
  }
  const look = field.field_type === "json" ? "font-mono text-xs whitespace-pre-wrap" : "whitespace-pre-line";
  if (reason) return <span className={`block px-1.5 py-1 break-words max-md:py-2 ${look}`}>{text}</span>;
  return (
    <button
      type="button"
      aria-label={`${field.label}: ${text}. Change`}
      onClick={onEdit}
      className={`block w-full rounded-md px-1.5 py-1 text-left break-words hover:bg-hover max-md:py-2 ${look} ${isSet ? "" : "text-ink-3"}`}
    >
      {text}
    </button>
  );
}
