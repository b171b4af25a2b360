import { useSyncExternalStore } from "react";
import { tabOrganization } from "@/api/organization";

const KEY = "mc.guide-done";
const KEPT = 20;
const listeners = new Set<() => void>();

function read(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}

/** Notes in this browser that the guide has nothing left to show in the organization of this tab. */
export function guideDone(): void {
  const organization = tabOrganization();
  const done = read();
  if (!organization || done.includes(organization)) return;
  try {
    localStorage.setItem(KEY, JSON.stringify([organization, ...done].slice(0, KEPT)));
  } catch {
    // Without storage the guide stays in the navigation.
  }
  for (const listener of listeners) listener();
}

/** Whether the guide has nothing left to show in the organization of this tab. */
export function useGuideDone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => read().includes(tabOrganization() ?? ""),
  );
}
