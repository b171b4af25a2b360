import { useSyncExternalStore } from "react";

// Whether a call has found the session ended. The page stays as it is; a dialog above it asks to sign in again.
let lost = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (lost === next) return;
  lost = next;
  for (const listener of listeners) listener();
}

/** Records that the server no longer knows this session. */
export function sessionLost(): void {
  set(true);
}

/** Records that there is a session again. */
export function sessionFound(): void {
  set(false);
}

/** Whether the session has ended under a page that is still open. */
export function useSessionLost(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lost,
  );
}
