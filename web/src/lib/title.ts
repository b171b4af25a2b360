import { useEffect, useSyncExternalStore } from "react";

// How much waits for somebody, before every title: a tab in the background tells it too.
let waiting = 0;
const listeners = new Set<() => void>();

/** Says how much waits for the user, for the titles of all pages; 0 takes it away. */
export function setWaiting(count: number): void {
  if (count === waiting) return;
  waiting = count;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Names the page in the browser's tab and history. */
export function useTitle(...parts: (string | null | undefined)[]): void {
  const count = useSyncExternalStore(subscribe, () => waiting);
  const title = [...parts.filter(Boolean), "Mission Control"].join(" · ");
  useEffect(() => {
    document.title = count > 0 ? `(${count}) ${title}` : title;
  }, [title, count]);
}
