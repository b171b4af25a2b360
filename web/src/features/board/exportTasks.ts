import type { CustomField, TaskCard } from "@/api/types";
import { priorityLabel, STATUS_LABEL } from "@/features/task/status";
import { type ExportColumn, saveFile, toCsv, toJson } from "@/lib/download";
import { fieldText } from "./filter";

const COLUMNS: ExportColumn<TaskCard>[] = [
  { header: "Id", value: (task) => task.id },
  { header: "Title", value: (task) => task.title },
  { header: "Status", value: (task) => STATUS_LABEL[task.status] },
  { header: "Priority", value: (task) => priorityLabel(task.priority) },
  { header: "Assignee", value: (task) => task.assignee },
  { header: "Due", value: (task) => task.due_at },
  { header: "Tags", value: (task) => (task.tags ?? []).map((tag) => tag.name).join(", ") },
  { header: "Blocked", value: (task) => task.is_blocked },
  { header: "Depends on", value: (task) => (task.depends_on_task_ids ?? []).join(", ") },
  { header: "Pending approvals", value: (task) => task.approvals_pending_count },
  { header: "Created", value: (task) => task.created_at },
  { header: "Updated", value: (task) => task.updated_at },
  { header: "Description", value: (task) => task.description },
];

/** Saves tasks of a board as a file, with a column for each of its custom fields. */
export function exportTasks(
  kind: "csv" | "json",
  board: string,
  tasks: readonly TaskCard[],
  fields: readonly CustomField[],
): void {
  const columns = [
    ...COLUMNS,
    ...fields.map((field) => ({
      header: field.label,
      value: (task: TaskCard) => fieldText(task.custom_field_values?.[field.field_key]),
    })),
  ];
  const name = board.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "board";
  const file = `${name}-${new Date().toISOString().slice(0, 10)}.${kind}`;
  if (kind === "csv") saveFile(file, "text/csv;charset=utf-8", toCsv(tasks, columns));
  else saveFile(file, "application/json", toJson(tasks, columns));
}
