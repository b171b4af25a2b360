import type { QueryClient } from "@tanstack/react-query";
import { setTabOrganization, tabOrganization } from "@/api/organization";
import { sessionQuery } from "@/api/queries/session";
import { sessionLost } from "@/features/session/lost";
import { notifyInfo } from "@/lib/notify";
import { applyFrame } from "./apply";
import { type Hub, joinHub } from "./hub";
import { setLiveStatus } from "./store";

let hub: Hub | null = null;

/** Joins the browser's event stream and feeds the query cache from it; does nothing when that already happens. */
export function startLive(cache: QueryClient): void {
  if (hub) return;
  let first = true;
  setLiveStatus({ phase: "connecting" });
  hub = joinHub(tabOrganization(), {
    onFrame: (frame) => applyFrame(cache, frame),
    onRefused(refused) {
      stopLive();
      if (refused === "session") sessionLost();
      else void leaveOrganization(cache);
    },
    onStatus(status) {
      if (status.phase === "live" && first) {
        first = false;
        // What was read before the stream stood may have changed in between.
        void cache.invalidateQueries({ predicate: (query) => query.state.dataUpdatedAt > 0 && isLive(query.queryKey) });
      }
      setLiveStatus(status);
    },
  });
}

/** Leaves the event stream. */
export function stopLive(): void {
  hub?.close();
  hub = null;
}

/**
 * Lets this tab act in another organization from now on, and reads everything anew there; other tabs stay where they are.
 * Null leaves it to the answer of the server: the present one as long as the person belongs to it, else the active one.
 */
export async function enterOrganization(cache: QueryClient, id: string | null): Promise<void> {
  stopLive();
  if (id) setTabOrganization(id);
  else await cache.fetchQuery({ ...sessionQuery, staleTime: 0 });
  startLive(cache);
  await cache.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" && queryKey[0] !== "config" });
}

/** Goes on in the active organization when the person no longer belongs to this one. */
async function leaveOrganization(cache: QueryClient): Promise<void> {
  const left = tabOrganization();
  try {
    await cache.fetchQuery({ ...sessionQuery, staleTime: 0 });
  } catch {
    sessionLost();
    return;
  }
  const present = tabOrganization();
  if (present === left) {
    sessionLost();
    return;
  }
  await enterOrganization(cache, present);
  notifyInfo("You no longer belong to the organization that was open here. This is your active one.");
}

/** Tries to reach the event stream again at once. */
export function retryLive(): void {
  hub?.retryNow();
}

// The session's answer has just been read, and the rights with it; nobody could have read anything else before.
const READ_WITH_THE_SESSION = new Set<unknown>(["config", "session", "organizations", "membership"]);

function isLive(key: readonly unknown[]): boolean {
  return !READ_WITH_THE_SESSION.has(key[0]);
}

addEventListener("online", retryLive);
// Without this a dead connection would look alive until the silence has lasted long enough.
addEventListener("offline", () => hub?.interrupt());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") retryLive();
});
