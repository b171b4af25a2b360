import type { QueryClient } from "@tanstack/react-query";
import { sessionLost } from "@/features/session/lost";
import { applyFrame } from "./apply";
import { type Hub, joinHub } from "./hub";
import { setLiveStatus } from "./store";

let hub: Hub | null = null;

/** Joins the browser's event stream and feeds the query cache from it; does nothing when that already happens. */
export function startLive(cache: QueryClient): void {
  if (hub) return;
  let first = true;
  setLiveStatus({ phase: "connecting" });
  hub = joinHub({
    onFrame: (frame) => applyFrame(cache, frame),
    onUnauthorized() {
      stopLive();
      sessionLost();
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
