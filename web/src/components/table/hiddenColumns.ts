import { useSyncExternalStore } from "react";

const KEY = "mc-hidden-columns";
const NONE: readonly string[] = [];
const listeners = new Set<() => void>();
let hidden = stored();

/** By the label of a table the ids of the columns that are hidden in this browser. */
function stored(): Readonly<Record<string, readonly string[]>> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter(([, ids]) => Array.isArray(ids) && ids.every((id) => typeof id === "string")),
    );
  } catch {
    return {};
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Hides columns of a table, by their ids, and shows the others; this browser remembers it. */
export function hideColumns(table: string, ids: readonly string[]): void {
  const { [table]: _before, ...others } = hidden;
  hidden = ids.length > 0 ? { ...others, [table]: ids } : others;
  try {
    localStorage.setItem(KEY, JSON.stringify(hidden));
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** The ids of the columns of a table that are hidden. */
export function useHiddenColumns(table: string): readonly string[] {
  return useSyncExternalStore(subscribe, () => hidden[table] ?? NONE);
}
