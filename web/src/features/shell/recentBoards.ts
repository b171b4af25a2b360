import { useSyncExternalStore } from "react";

const KEY = "mc.recent-boards";
// More than are shown, so that the boards of several organizations have room.
const KEPT = 40;

const listeners = new Set<() => void>();
let recent: readonly string[] = read();

function read(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === "string").slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

/** Notes that a board was opened in this browser. */
export function boardOpened(id: string): void {
  if (recent[0] === id) return;
  // Another tab may have opened others meanwhile.
  recent = [id, ...read().filter((other) => other !== id)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(recent));
  } catch {
    // Without storage it is known as long as the page.
  }
  for (const listener of listeners) listener();
}

/** The ids of the boards that were opened in this browser, the last one first. */
export function useRecentBoards(): readonly string[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => recent,
  );
}

/** The `most` boards that were opened last, filled up with others, in the order of the list, so that they keep still. */
export function shortList<T extends { id: string }>(
  boards: readonly T[],
  recent: readonly string[],
  most: number,
): T[] {
  const place = (board: T) => {
    const at = recent.indexOf(board.id);
    return at < 0 ? recent.length : at;
  };
  const chosen = new Set([...boards].sort((a, b) => place(a) - place(b)).slice(0, most));
  return boards.filter((board) => chosen.has(board));
}
