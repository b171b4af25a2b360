import { useSyncExternalStore } from "react";
import type { LiveStatus } from "./types";

let status: LiveStatus = { phase: "connecting" };
const listeners = new Set<() => void>();

/** Publishes how fresh the page is. */
export function setLiveStatus(next: LiveStatus): void {
  status = next;
  for (const listener of listeners) listener();
}

/** How fresh the page is. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => status,
  );
}

/**
 * Resolves when the first attempt to connect has ended, well or not, or after `limitMs` at the latest. Pages read their
 * data afterwards, so that no change falls between the reading and the stream.
 */
export function firstConnection(limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, limitMs);
    const listener = () => {
      if (status.phase !== "connecting") done();
    };
    function done(): void {
      clearTimeout(timer);
      listeners.delete(listener);
      resolve();
    }
    listeners.add(listener);
    listener();
  });
}
