import { useSyncExternalStore } from "react";
import { onZoneChange } from "./zone";

// One clock for the page, so that a thousand relative times cost one timer and tick together.
const TICK = 30_000;
const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}

// Everything that shows times reads the clock here, so another zone is shown at once.
onZoneChange(tick);

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) now = new Date();
  listeners.add(listener);
  timer ??= setInterval(tick, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, renewed every 30 seconds. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
