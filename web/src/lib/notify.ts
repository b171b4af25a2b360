import { useSyncExternalStore } from "react";
import type { ExternalToast } from "sonner";
import { readCode } from "./late";

// The library is loaded and its region mounted with the first message; most visits have none.
let wanted = false;
const listeners = new Set<() => void>();
let markReady: () => void;
const ready = new Promise<void>((resolve) => {
  markReady = resolve;
});

async function show(kind: "success" | "info" | "error", message: string, options?: ExternalToast): Promise<void> {
  wanted = true;
  for (const listener of listeners) listener();
  const [{ toast }] = await Promise.all([readCode(() => import("sonner")), ready]);
  toast[kind](message, options);
}

/** Says that something worked. */
export function notifySuccess(message: string, options?: ExternalToast): void {
  void show("success", message, options);
}

/** Says something worth knowing. */
export function notifyInfo(message: string, options?: ExternalToast): void {
  void show("info", message, options);
}

/** Says that something failed. Stays longer, because there is more to read. */
export function notifyError(message: string, options?: ExternalToast): void {
  void show("error", message, { duration: 10_000, ...options });
}

/** Whether there is a message to show, and so a region for messages is needed. */
export function useMessagesWanted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => wanted,
  );
}

/** Called by the region for messages once it listens. */
export function messagesReady(): void {
  markReady();
}
