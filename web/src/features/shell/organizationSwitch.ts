import type { QueryClient } from "@tanstack/react-query";
import { notifyInfo } from "@/lib/notify";

// The active organization belongs to the user, not to the tab, so the other tabs have to hear of a change.
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("mc-organization");

/** Reads everything again that depends on the active organization. */
export async function forgetOrganization(cache: QueryClient): Promise<void> {
  await cache.resetQueries({ predicate: (query) => query.queryKey[0] !== "session" && query.queryKey[0] !== "config" });
}

/** Tells the other tabs of this browser that another organization is active now. */
export function announceSwitch(): void {
  channel?.postMessage("switched");
}

/** Follows a change that was made in another tab; returns how to stop. */
export function followSwitches(cache: QueryClient): () => void {
  if (!channel) return () => {};
  const listener = () => {
    void cache.invalidateQueries();
    notifyInfo("You switched to another organization in another tab.");
  };
  channel.addEventListener("message", listener);
  return () => channel.removeEventListener("message", listener);
}
