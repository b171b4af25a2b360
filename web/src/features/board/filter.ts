import type { TaskCard, TaskStatus } from "@/api/types";
import { STATUSES } from "@/features/task/status";
import { isOverdue, parseTime } from "@/lib/time";
import type { Attention, BoardSearch, Due } from "./search";

const DAY_MS = 24 * 60 * 60_000;

/** The tasks that match the filters of the address; the order stays. */
export function filterTasks(tasks: TaskCard[], search: BoardSearch, now: Date): TaskCard[] {
  const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const fields = byKey(search.field ?? []);
  return tasks.filter((task) => {
    if (search.status && !search.status.includes(task.status)) return false;
    if (search.priority && !search.priority.includes(task.priority)) return false;
    if (search.assignee === "none" && task.assigned_agent_id) return false;
    if (search.assignee && search.assignee !== "none" && task.assigned_agent_id !== search.assignee) return false;
    if (search.tag && !search.tag.some((tag) => task.tag_ids?.includes(tag))) return false;
    if (search.due && !isDue(task, search.due, now)) return false;
    if (search.only && !needs(task, search.only, now)) return false;
    for (const [key, values] of fields) {
      if (!values.includes(fieldText(task.custom_field_values?.[key]))) return false;
    }
    return words.length === 0 || matchesWords(task, words);
  });
}

/** Whether a task needs this kind of attention. Blocked work waits for other work first, so it needs no review yet. */
export function needs(task: TaskCard, attention: Attention, now: Date): boolean {
  switch (attention) {
    case "blocked":
      return task.is_blocked;
    case "approval":
      return !task.is_blocked && task.approvals_pending_count > 0;
    case "review":
      return !task.is_blocked && task.status === "review";
    case "overdue":
      return isTaskOverdue(task, now);
  }
}

/** Whether a task should have been done by now. */
export function isTaskOverdue(task: Pick<TaskCard, "due_at" | "status">, now: Date): boolean {
  return task.status !== "done" && Boolean(task.due_at) && isOverdue(parseTime(task.due_at as string), now);
}

/** The value of a custom field as filters know it; nothing is the empty text. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The tasks of each column. A state that this console does not know shows in the inbox rather than nowhere. */
export function byStatus(tasks: TaskCard[]): Record<TaskStatus, TaskCard[]> {
  const columns: Record<TaskStatus, TaskCard[]> = { inbox: [], in_progress: [], review: [], done: [] };
  for (const task of tasks) {
    columns[STATUSES.includes(task.status) ? task.status : "inbox"].push(task);
  }
  return columns;
}

/** What is due within the time, or late already. What is done is due no more. */
function isDue(task: TaskCard, due: Due, now: Date): boolean {
  if (due === "none") return !task.due_at;
  if (!task.due_at || task.status === "done") return false;
  const end = new Date(now);
  end.setHours(23, 59, 59, 999);
  const limit = due === "today" ? end.getTime() : end.getTime() + 6 * DAY_MS;
  return parseTime(task.due_at).getTime() <= limit;
}

function byKey(fields: string[]): Map<string, string[]> {
  const wanted = new Map<string, string[]>();
  for (const field of fields) {
    const colon = field.indexOf(":");
    const key = field.slice(0, colon);
    wanted.set(key, [...(wanted.get(key) ?? []), field.slice(colon + 1)]);
  }
  return wanted;
}

function matchesWords(task: TaskCard, words: string[]): boolean {
  const tags = (task.tags ?? []).map((tag) => tag.name).join(" ");
  const text = `${task.title} ${task.description ?? ""} ${tags} ${task.assignee ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
