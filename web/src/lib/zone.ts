import { useSyncExternalStore } from "react";

/** Whose clock times are shown in: the profile's time zone, this computer's, or UTC. */
export type ZoneChoice = "profile" | "local" | "utc";

const KEY = "mc.zone";
const listeners = new Set<() => void>();

function stored(): ZoneChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === "local" || value === "utc" ? value : "profile";
  } catch {
    return "profile";
  }
}

let choice = stored();
let profileZone: string | undefined;

/** Whether this browser knows a time zone by this name. */
export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

/** This computer's time zone. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The time zone in which times are shown; nothing means this computer's. */
export function displayZone(): string | undefined {
  if (choice === "utc") return "UTC";
  return choice === "profile" ? profileZone : undefined;
}

/** Takes over the time zone of the profile; one that this browser does not know counts as none. */
export function setProfileZone(name: string | null | undefined): void {
  const next = name && isZone(name) ? name : undefined;
  if (next === profileZone) return;
  profileZone = next;
  tell();
}

/** Chooses for this browser whose clock times are shown in. */
export function setZoneChoice(next: ZoneChoice): void {
  choice = next;
  try {
    if (next === "profile") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Hears when times are to be shown in another zone; returns how to stop. */
export function onZoneChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The choice, renewed when it changes. */
export function useZoneChoice(): ZoneChoice {
  return useSyncExternalStore(onZoneChange, () => choice);
}

/** The zone in which times are shown, by name, renewed when it changes. */
export function useDisplayZone(): string {
  return useSyncExternalStore(onZoneChange, () => displayZone() ?? localZone());
}
