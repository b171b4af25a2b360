import { useSyncExternalStore } from "react";

/** A list of ids in this browser's storage, the newest first. */
export interface StoredIds {
  get: () => readonly string[];
  /** Puts an id first. */
  add: (id: string) => void;
  remove: (id: string) => void;
  use: () => readonly string[];
}

/** The list under a key of the browser's storage; at most `kept` ids, the oldest go. */
export function storedIds(key: string, kept: number): StoredIds {
  const listeners = new Set<() => void>();
  let ids = read();
  function read(): readonly string[] {
    try {
      const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
      return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === "string") : [];
    } catch {
      return [];
    }
  }
  function change(to: (present: readonly string[]) => string[]): void {
    // Another tab may have changed the list meanwhile.
    ids = to(read()).slice(0, kept);
    try {
      localStorage.setItem(key, JSON.stringify(ids));
    } catch {
      // Without storage the list lasts as long as the page.
    }
    for (const listener of listeners) listener();
  }
  const get = () => ids;
  return {
    get,
    add: (id) => ids[0] !== id && change((present) => [id, ...present.filter((other) => other !== id)]),
    remove: (id) => change((present) => present.filter((other) => other !== id)),
    use: () =>
      useSyncExternalStore((listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      }, get),
  };
}
