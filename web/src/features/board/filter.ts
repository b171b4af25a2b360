import type { TaskCard, TaskStatus } from "@/api/types";
import { STATUSES } from "@/features/task/status";
import { isOverdue, parseTime } from "@/lib/time";
import type { Attention, BoardSearch } from "./search";

/** The tasks that match the filters of the address; the order stays. */
export function filterTasks(tasks: TaskCard[], search: BoardSearch, now: Date): TaskCard[] {
  const words = (search.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return tasks.filter((task) => {
    if (search.status && !search.status.includes(task.status)) return false;
    if (search.priority && !search.priority.includes(task.priority)) return false;
    if (search.assignee === "none" && task.assigned_agent_id) return false;
    if (search.assignee && search.assignee !== "none" && task.assigned_agent_id !== search.assignee) return false;
    if (search.only && !needs(task, search.only, now)) return false;
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

/** The tasks of each column. A state that this console does not know shows in the inbox rather than nowhere. */
export function byStatus(tasks: TaskCard[]): Record<TaskStatus, TaskCard[]> {
  const columns: Record<TaskStatus, TaskCard[]> = { inbox: [], in_progress: [], review: [], done: [] };
  for (const task of tasks) {
    columns[STATUSES.includes(task.status) ? task.status : "inbox"].push(task);
  }
  return columns;
}

function matchesWords(task: TaskCard, words: string[]): boolean {
  const tags = (task.tags ?? []).map((tag) => tag.name).join(" ");
  const text = `${task.title} ${task.description ?? ""} ${tags} ${task.assignee ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
