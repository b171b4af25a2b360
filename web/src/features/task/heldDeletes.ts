import { useSyncExternalStore } from "react";

/** How long a deletion can be taken back, in milliseconds. */
export const UNDO_MS = 6_000;

interface Held {
  board: string;
  tasks: string[];
  timer: ReturnType<typeof setTimeout>;
  send: (leaving: boolean) => Promise<unknown>;
  /** It is on its way or was taken back. */
  settled: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const held = new Set<Held>();
const listeners = new Set<() => void>();
// What is hidden of each board, kept so that a board is drawn anew only when it changes.
const hidden = new Map<string, ReadonlySet<string>>();

/**
 * Hides tasks and holds their deletion back for some seconds, so that it can be taken back before the server knows of
 * it. `send` is called after that time, or at once with `leaving` when the page is left. Returns how to take it back;
 * after the time that does nothing.
 */
export function holdDelete(board: string, tasks: string[], send: (leaving: boolean) => Promise<unknown>): () => void {
  const entry: Held = { board, tasks, send, settled: false, timer: setTimeout(() => release(entry, false), UNDO_MS) };
  if (held.size === 0) addEventListener("pagehide", sendAll);
  held.add(entry);
  renew(board);
  return () => {
    if (entry.settled) return;
    entry.settled = true;
    forget(entry);
  };
}

/** The tasks of a board that are about to be deleted. */
export function useHeldDeletes(board: string): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hidden.get(board) ?? NONE,
  );
}

function sendAll(): void {
  for (const entry of held) release(entry, true);
}

function release(entry: Held, leaving: boolean): void {
  if (entry.settled) return;
  entry.settled = true;
  // Hidden until the answer is there; a refusal brings the tasks back.
  void entry.send(leaving).finally(() => forget(entry));
}

function forget(entry: Held): void {
  clearTimeout(entry.timer);
  held.delete(entry);
  if (held.size === 0) removeEventListener("pagehide", sendAll);
  renew(entry.board);
}

function renew(board: string): void {
  const tasks = [...held].filter((entry) => entry.board === board).flatMap((entry) => entry.tasks);
  if (tasks.length > 0) hidden.set(board, new Set(tasks));
  else hidden.delete(board);
  for (const listener of listeners) listener();
}
