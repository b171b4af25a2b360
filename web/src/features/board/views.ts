import { useSyncExternalStore } from "react";
import { type BoardSearch, parseBoardSearch, viewOf } from "./search";

/** A way of looking at a board that was given a name. */
export interface SavedView {
  name: string;
  search: BoardSearch;
}

const PREFIX = "mc.views.";
const listeners = new Set<() => void>();
// A list keeps its identity until it changes, as `useSyncExternalStore` needs it.
const cache = new Map<string, { text: string; views: SavedView[] }>();

/** The most views of one board; more would be a list to search through. */
export const VIEWS_MAX = 50;

function read(board: string): SavedView[] {
  let text = "";
  try {
    text = localStorage.getItem(PREFIX + board) ?? "";
  } catch {
    // Without storage there are no views.
  }
  const known = cache.get(board);
  if (known?.text === text) return known.views;
  const views = parse(text);
  cache.set(board, { text, views });
  return views;
}

function parse(text: string): SavedView[] {
  try {
    const stored: unknown = JSON.parse(text);
    if (!Array.isArray(stored)) return [];
    return stored
      .filter((entry): entry is { name: string; search: Record<string, unknown> } =>
        Boolean(entry && typeof entry.name === "string" && entry.search && typeof entry.search === "object"),
      )
      .map(({ name, search }) => ({ name, search: viewOf(parseBoardSearch(search)) }));
  } catch {
    return [];
  }
}

function write(board: string, views: SavedView[]): void {
  try {
    if (views.length > 0) localStorage.setItem(PREFIX + board, JSON.stringify(views));
    else localStorage.removeItem(PREFIX + board);
  } catch {
    cache.set(board, { text: "", views });
  }
  for (const listener of listeners) listener();
}

/** Keeps a view under a name in this browser; a view of the same name is replaced. */
export function saveView(board: string, name: string, search: BoardSearch): void {
  const others = read(board).filter((view) => view.name !== name);
  write(board, [...others, { name, search: viewOf(search) }].slice(-VIEWS_MAX));
}

/** Forgets a view. */
export function deleteView(board: string, name: string): void {
  write(
    board,
    read(board).filter((view) => view.name !== name),
  );
}

/** Whether two addresses show the same tasks in the same way. */
export function isSameView(a: BoardSearch, b: BoardSearch): boolean {
  return canonical(a) === canonical(b);
}

function canonical(search: BoardSearch): string {
  const entries = Object.entries(viewOf(search)).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.toSorted() : value,
  ]);
  return JSON.stringify(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** The views of a board that this browser keeps, renewed when they change, also in another tab. */
export function useSavedViews(board: string): SavedView[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      addEventListener("storage", listener);
      return () => {
        listeners.delete(listener);
        removeEventListener("storage", listener);
      };
    },
    () => read(board),
  );
}
