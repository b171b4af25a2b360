import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { CustomField, TaskStatus } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { Dialog } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { TextAreaField, TextField } from "@/components/ui/TextField";
import { useBoard } from "@/features/board/context";
import { useDraft } from "@/lib/drafts";
import { notifySuccess } from "@/lib/notify";
import { fromDateField } from "@/lib/time";
import { assigneeOptions, NOBODY } from "./assignee";
import { parseField } from "./customFields";
import { FieldInput } from "./FieldInput";
import { useCreateTask } from "./mutations";
import { priorityOptions, STATUS_LABEL, STATUS_OPTIONS } from "./status";
import { TagsEditor } from "./TagsEditor";
import { TaskPicker } from "./TaskPicker";

/** Where the problem of the title stands among those of custom fields, whose keys have no blank. */
const TITLE = " title";

interface CreateTaskDialogProps {
  open: boolean;
  onClose: () => void;
}

/** Asks for what a new task needs. */
export default function CreateTaskDialog({ open, onClose }: CreateTaskDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New task">
      <CreateTaskForm onClose={onClose} />
    </Dialog>
  );
}

function CreateTaskForm({ onClose }: { onClose: () => void }) {
  const { boardId, snapshot, fields } = useBoard();
  const navigate = useNavigate();
  const create = useCreateTask(boardId);
  const [title, setTitle] = useDraft(`task-title.${boardId}`);
  const [description, setDescription] = useDraft(`task-description.${boardId}`);
  const [status, setStatus] = useState<TaskStatus>("inbox");
  const [priority, setPriority] = useState("medium");
  const [assignee, setAssignee] = useState(NOBODY);
  const [due, setDue] = useState("");
  const [dependencies, setDependencies] = useState<string[]>([]);
  const [tags, setTags] = useState<string[]>([]);
  // What was typed into custom fields, by their keys; it is read when the task is created.
  const [typed, setTyped] = useState<Record<string, string>>({});

  const asked = fields.filter((field) => field.ui_visibility === "always" || field.required);
  const read = readFields(asked, typed);
  const problems: Record<string, string> = {
    ...read.problems,
    ...(title.trim() ? {} : { [TITLE]: "Give the task a title." }),
  };

  function save() {
    create.mutate(
      {
        title: title.trim(),
        description: description.trim() || null,
        status,
        priority,
        due_at: fromDateField(due),
        assigned_agent_id: assignee === NOBODY ? null : assignee,
        depends_on_task_ids: dependencies,
        tag_ids: tags,
        custom_field_values: read.values,
      },
      {
        onSuccess(task) {
          setTitle("");
          setDescription("");
          onClose();
          notifySuccess(`Created “${task.title}” in ${STATUS_LABEL[task.status]}`, {
            action: {
              label: "Open",
              onClick: () =>
                void navigate({
                  from: "/boards/$boardId",
                  to: "/boards/$boardId",
                  params: { boardId },
                  search: (search) => ({ ...search, taskId: task.id }),
                }),
            },
          });
        },
      },
    );
  }

  return (
    <DialogForm
      problems={problems}
      save={create}
      submit={create.isPending ? "Creating…" : "Create task"}
      onCancel={onClose}
      onSave={save}
    >
      {(shown, refused) => (
        <>
          <TextField
            label="Title"
            required
            error={shown[TITLE] ?? refused?.field("title")}
            value={title}
            onChange={setTitle}
          />
          <TextAreaField
            label="Description"
            hint="Markdown. What is to be done, and how one sees that it is done."
            error={refused?.field("description")}
            rows={6}
            value={description}
            onChange={setDescription}
          />
          <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
            <Field label="Status">
              {(props) => (
                <Select {...props} value={status} options={STATUS_OPTIONS} onChange={setStatus} className="w-full" />
              )}
            </Field>
            <Field label="Priority">
              {(props) => (
                <Select
                  {...props}
                  value={priority}
                  options={priorityOptions(priority)}
                  onChange={setPriority}
                  className="w-full"
                />
              )}
            </Field>
            <Field
              label="Assignee"
              hint={snapshot.agents.length === 0 ? "This board has no agents yet." : undefined}
              error={refused?.field("assigned_agent_id")}
            >
              {(props) => (
                <Select
                  {...props}
                  value={assignee}
                  options={assigneeOptions(snapshot.agents)}
                  onChange={setAssignee}
                  className="w-full"
                />
              )}
            </Field>
            <TextField
              label="Due"
              error={refused?.field("due_at")}
              inputClassName="h-8 max-md:h-10"
              type="date"
              value={due}
              onChange={setDue}
            />
          </div>
          <Field label="Tags" error={refused?.field("tag_ids")}>
            {({ id, "aria-describedby": describedBy }) => (
              <TagsEditor id={id} aria-describedby={describedBy} chosen={tags} onChange={setTags} />
            )}
          </Field>
          {asked.map((field) => (
            <Field
              key={field.id}
              label={field.label}
              required={field.required && !hasDefault(field)}
              hint={field.description}
              error={shown[field.field_key] ?? refused?.field(`custom_field_values.${field.field_key}`)}
            >
              {({ "aria-required": _required, ...props }) => (
                <FieldInput
                  {...props}
                  field={field}
                  text={typed[field.field_key] ?? ""}
                  onChange={(text) => setTyped((before) => ({ ...before, [field.field_key]: text }))}
                />
              )}
            </Field>
          ))}
          {snapshot.tasks.length > 0 && (
            <Field label="Depends on" hint="Tasks that must be done before this one can start.">
              {(props) => (
                <TaskPicker
                  {...props}
                  chosen={dependencies}
                  exclude={[]}
                  onAdd={(id) => setDependencies([...dependencies, id])}
                  onRemove={(id) => setDependencies(dependencies.filter((other) => other !== id))}
                />
              )}
            </Field>
          )}
        </>
      )}
    </DialogForm>
  );
}

/** The values of the fields that were filled in, and what is wrong with the others. What is left out gets its default. */
function readFields(fields: CustomField[], typed: Record<string, string>) {
  const values: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const parsed = parseField(field, typed[field.field_key] ?? "");
    if ("problem" in parsed) problems[field.field_key] = parsed.problem;
    else if (parsed.value !== null) values[field.field_key] = parsed.value;
    else if (field.required && !hasDefault(field)) problems[field.field_key] = `${field.label} is needed.`;
  }
  return { values, problems };
}

function hasDefault(field: CustomField): boolean {
  return field.default_value !== null && field.default_value !== undefined;
}
