import type { TaskStatus } from "@/api/types";
import { STATUSES } from "@/features/task/status";

/** What the panel beside the board shows. */
export type Panel = "chat" | "notes";

/** Which tasks need attention. */
export type Attention = "review" | "approval" | "blocked" | "overdue";

/** Everything on the board page that a link can carry. */
export interface BoardSearch {
  /** Text to look for in titles, descriptions and tags. */
  q?: string;
  status?: TaskStatus[];
  priority?: string[];
  /** An agent's id, or `none` for tasks without one. */
  assignee?: string;
  only?: Attention;
  view?: "list";
  taskId?: string;
  commentId?: string;
  panel?: Panel;
}

const ATTENTION: readonly string[] = ["review", "approval", "blocked", "overdue"];

/** Reads the address of a board page. What it does not know is dropped, so that a broken link still shows the board. */
export function parseBoardSearch(search: Record<string, unknown>): BoardSearch {
  const result: BoardSearch = {};
  const q = text(search.q);
  if (q) result.q = q;
  const status = list(search.status).filter((value): value is TaskStatus => (STATUSES as string[]).includes(value));
  if (status.length > 0) result.status = status;
  const priority = list(search.priority);
  if (priority.length > 0) result.priority = priority;
  const assignee = text(search.assignee);
  if (assignee) result.assignee = assignee;
  const only = text(search.only);
  if (only && ATTENTION.includes(only)) result.only = only as Attention;
  if (search.view === "list") result.view = "list";
  const taskId = text(search.taskId);
  if (taskId) result.taskId = taskId;
  const commentId = text(search.commentId);
  if (taskId && commentId) result.commentId = commentId;
  if (search.panel === "chat" || search.panel === "notes") result.panel = search.panel;
  return result;
}

/** Whether some tasks may be hidden. */
export function isFiltered(search: BoardSearch): boolean {
  return Boolean(search.q || search.status || search.priority || search.assignee || search.only);
}

/** The address without filters; view and open panel stay. */
export function withoutFilters(search: BoardSearch): BoardSearch {
  const { q: _q, status: _status, priority: _priority, assignee: _assignee, only: _only, ...rest } = search;
  return rest;
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() ? value : undefined;
}

function list(value: unknown): string[] {
  const values = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  return [...new Set(values.filter((entry): entry is string => typeof entry === "string" && entry.trim() !== ""))];
}
