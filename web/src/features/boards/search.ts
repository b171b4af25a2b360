import type { Board } from "@/api/types";
import { searchTexts } from "@/lib/searchText";

/** What boards are listed by, where that is not their name. */
export type BoardSort = "group" | "updated";

/** The orders of the list in words. */
export const SORT_LABEL: Record<BoardSort | "name", string> = {
  name: "By name",
  group: "By group",
  updated: "Last changed first",
};

/** Everything on the page of boards that a link can carry. */
export interface BoardsSearch {
  /** The form for a new board is open. */
  create?: boolean;
  /** Text to look for in names, descriptions and groups. */
  q?: string;
  sort?: BoardSort;
}

/** Reads the address of the page of boards; what it does not know is dropped. */
export function parseBoardsSearch(search: Record<string, unknown>): BoardsSearch {
  const result: BoardsSearch = searchTexts(search, ["q"]);
  if (search.create === true) result.create = true;
  if (search.sort === "group" || search.sort === "updated") result.sort = search.sort;
  return result;
}

/** Boards in an order; boards without a group come after those with one. */
export function sortBoards(
  boards: readonly Board[],
  sort: BoardSort | undefined,
  groupOf: (board: Board) => string | undefined,
): Board[] {
  const byName = boards.toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  if (sort === "updated") return byName.sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  if (sort !== "group") return byName;
  return byName.sort((a, b) => {
    const [one, other] = [groupOf(a), groupOf(b)];
    if (!one || !other) return Number(!one) - Number(!other);
    return one.localeCompare(other);
  });
}
