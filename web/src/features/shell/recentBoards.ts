import { storedIds } from "@/lib/storedIds";

/** The boards that were opened in this browser; more than are shown, so that several organizations have room. */
export const recentBoards = storedIds("mc.recent-boards", 40);

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
