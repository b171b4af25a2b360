import { useSyncExternalStore } from "react";

// What a person does first on a page, before pressing anything on it.
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "focusin"] as const;
const listeners = new Set<() => void>();
let awake = false;

function wake(): void {
  awake = true;
  for (const sign of SIGNS) removeEventListener(sign, wake);
  for (const listener of listeners) listener();
  listeners.clear();
}

for (const sign of SIGNS) addEventListener(sign, wake, { passive: true });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Whether somebody has moved, pressed or touched anything since the page was loaded. What is only needed for doing
 * something is loaded then, ahead of the click; a screen that is only looked at never asks for it.
 */
export function useAwake(): boolean {
  return useSyncExternalStore(subscribe, () => awake);
}
