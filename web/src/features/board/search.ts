import type { TaskStatus } from "@/api/types";
import { STATUSES } from "@/features/task/status";
import { searchText } from "@/lib/searchText";

/** What the panel beside the board shows. */
export type Panel = "chat" | "notes" | "approvals" | "activity";

/** Which tasks need attention. */
export type Attention = "review" | "approval" | "blocked" | "overdue";

/** Until when tasks are due: this day, these seven days, or without a date. */
export type Due = "today" | "week" | "none";

/** The ranges of due dates in words. */
export const DUE_LABEL: Record<Due, string> = {
  today: "Due today or late",
  week: "Due within a week",
  none: "No due date",
};

/** What the list puts together. */
export type Grouping = "status" | "assignee" | "priority" | "tag" | "none";

/** What the board has lanes for. */
export type Lanes = "assignee" | "priority" | "tag";

/** What tasks are ordered by. */
export type Order = "priority" | "due" | "updated" | "created" | "title" | "assignee";

/** The most tasks that columns are meant to hold. Nothing is refused beyond it: a limit is a sign, not a rule. */
export type ColumnLimits = Partial<Record<TaskStatus, number>>;

/** The highest limit of a column. */
export const LIMIT_MAX = 999;

/** Everything on the board page that a link can carry. */
export interface BoardSearch {
  /** Text to look for in titles, descriptions and tags. */
  q?: string;
  status?: TaskStatus[];
  priority?: string[];
  /** An agent's id, or `none` for tasks without one. */
  assignee?: string;
  /** Ids of tags; a task has to carry one of them. */
  tag?: string[];
  due?: Due;
  /** Values of custom fields, as `key:value`; a task needs one of the values of each key. */
  field?: string[];
  only?: Attention;
  view?: "list";
  /** The headings of the list, and the lanes of the board. */
  group?: Exclude<Grouping, "status">;
  sort?: Order;
  /** The last first. */
  down?: true;
  /** Columns that are folded to a strip. */
  folded?: TaskStatus[];
  /** The most tasks that each column is meant to hold. */
  limit?: ColumnLimits;
  /** The column in sight where only one fits; left out for the inbox. */
  column?: Exclude<TaskStatus, "inbox">;
  taskId?: string;
  commentId?: string;
  panel?: Panel;
}

const ATTENTION: readonly string[] = ["review", "approval", "blocked", "overdue"];
const DUE: readonly string[] = ["today", "week", "none"];
const GROUPINGS: readonly string[] = ["assignee", "priority", "tag", "none"];
const ORDERS: readonly string[] = ["priority", "due", "updated", "created", "title", "assignee"];
const PANELS: readonly string[] = ["chat", "notes", "approvals", "activity"];
const FILTERS = ["q", "status", "priority", "assignee", "tag", "due", "field", "only"] as const;

/** Reads the address of a board page. What it does not know is dropped, so that a broken link still shows the board. */
export function parseBoardSearch(search: Record<string, unknown>): BoardSearch {
  const result: BoardSearch = {};
  const q = searchText(search.q);
  if (q) result.q = q;
  for (const key of ["status", "folded"] as const) {
    const values = list(search[key]).filter(isStatus);
    if (values.length > 0) result[key] = values;
  }
  for (const key of ["priority", "tag"] as const) {
    const values = list(search[key]);
    if (values.length > 0) result[key] = values;
  }
  // Values may have commas, so only a real list counts.
  const field = Array.isArray(search.field) ? list(search.field).filter((value) => value.includes(":")) : [];
  if (field.length > 0) result.field = field;
  const assignee = searchText(search.assignee);
  if (assignee) result.assignee = assignee;
  const due = oneOf<Due>(search.due, DUE);
  if (due) result.due = due;
  const only = oneOf<Attention>(search.only, ATTENTION);
  if (only) result.only = only;
  if (search.view === "list") result.view = "list";
  const group = oneOf<Exclude<Grouping, "status">>(search.group, GROUPINGS);
  if (group) result.group = group;
  const sort = oneOf<Order>(search.sort, ORDERS);
  if (sort) result.sort = sort;
  if (sort && search.down === true) result.down = true;
  const limit = limits(search.limit);
  if (limit) result.limit = limit;
  if (isStatus(search.column) && search.column !== "inbox") result.column = search.column;
  const taskId = searchText(search.taskId);
  if (taskId) result.taskId = taskId;
  const commentId = searchText(search.commentId);
  if (taskId && commentId) result.commentId = commentId;
  const panel = oneOf<Panel>(search.panel, PANELS);
  if (panel) result.panel = panel;
  return result;
}

/** The lanes of the board; nothing without lanes. */
export function lanesOf({ view, group }: BoardSearch): Lanes | null {
  return view === "list" || group === "none" ? null : (group ?? null);
}

/** Whether some tasks may be hidden. */
export function isFiltered(search: BoardSearch): boolean {
  return FILTERS.some((key) => search[key] !== undefined);
}

/** The address without filters; view and open panel stay. */
export function withoutFilters(search: BoardSearch): BoardSearch {
  const rest = { ...search };
  for (const key of FILTERS) delete rest[key];
  return rest;
}

/** What a saved view keeps of the address: everything but what is open beside the tasks, and where a phone looks. */
export function viewOf(search: BoardSearch): BoardSearch {
  const { taskId: _task, commentId: _comment, panel: _panel, column: _column, ...view } = search;
  return view;
}

/** The address with one value of a list taken in or out. */
export function toggled(values: string[] | undefined, value: string): string[] | undefined {
  const rest = (values ?? []).filter((entry) => entry !== value);
  if (rest.length === (values ?? []).length) return [...rest, value];
  return rest.length > 0 ? rest : undefined;
}

function isStatus(value: unknown): value is TaskStatus {
  return (STATUSES as readonly unknown[]).includes(value);
}

/** Whole numbers from 1 on, in the order of the columns; nothing when none is set. */
function limits(value: unknown): ColumnLimits | undefined {
  if (!value || typeof value !== "object") return undefined;
  const given = value as Record<string, unknown>;
  const entries = STATUSES.flatMap((status) => {
    const most = given[status];
    return Number.isInteger(most) && Number(most) >= 1 && Number(most) <= LIMIT_MAX ? [[status, Number(most)]] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function oneOf<T extends string>(value: unknown, known: readonly string[]): T | undefined {
  return typeof value === "string" && known.includes(value) ? (value as T) : undefined;
}

function list(value: unknown): string[] {
  const values = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  return [...new Set(values.filter((entry): entry is string => typeof entry === "string" && entry.trim() !== ""))];
}
