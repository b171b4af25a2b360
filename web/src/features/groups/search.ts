import { searchTexts } from "@/lib/searchText";

/** How many tasks of each board the page of a group can show. */
export const TASK_LIMITS = [0, 3, 5, 10] as const;

/** Everything on the page of groups that a link can carry. */
export interface GroupsSearch {
  sort?: string;
  /** The group whose form is open, or `new`. */
  edit?: string;
}

/** Everything on the page of one group that a link can carry. */
export interface GroupSearch {
  /** Also tasks that are done. */
  done?: true;
  /** Tasks of each board; left out for 5. */
  tasks?: 0 | 3 | 10;
  panel?: "chat" | "notes";
}

/** Reads the address of the page of groups. */
export function parseGroupsSearch(search: Record<string, unknown>): GroupsSearch {
  return searchTexts(search, ["sort", "edit"]);
}

/** Reads the address of the page of one group; what it does not know is dropped. */
export function parseGroupSearch(search: Record<string, unknown>): GroupSearch {
  const result: GroupSearch = {};
  if (search.done === true) result.done = true;
  const tasks = TASK_LIMITS.find((limit) => limit === search.tasks);
  if (tasks !== undefined && tasks !== 5) result.tasks = tasks;
  if (search.panel === "chat" || search.panel === "notes") result.panel = search.panel;
  return result;
}

/** What the server is asked for. */
export function shownOf(search: GroupSearch): { include_done: boolean; per_board_task_limit: number } {
  return { include_done: search.done === true, per_board_task_limit: search.tasks ?? 5 };
}
