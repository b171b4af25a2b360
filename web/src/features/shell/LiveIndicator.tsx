import { RotateCw } from "lucide-react";
import { Tip } from "@/components/ui/Button";
import { cx } from "@/lib/cx";
import { clockTime } from "@/lib/time";
import { retryLive } from "@/live/connection";
import { useLiveStatus } from "@/live/store";
import type { LiveStatus } from "@/live/types";

const DOT: Record<LiveStatus["phase"], string> = {
  connecting: "bg-ink-3 pulse-dot",
  live: "bg-ok",
  "catching-up": "bg-warn pulse-dot",
  offline: "bg-danger",
};

/** In words, how fresh the page is. */
export function liveText(status: LiveStatus): { short: string; long: string } {
  switch (status.phase) {
    case "connecting":
      return { short: "Connecting", long: "Connecting to the server's event stream." };
    case "live":
      return { short: "Live", long: "Changes appear here as they happen." };
    case "catching-up":
      return { short: "Catching up", long: "Connected again. What happened meanwhile is on its way." };
    case "offline": {
      const since = clockTime(new Date(status.since));
      return {
        short: `Offline since ${since}`,
        long: `No connection since ${since}. What you see may be out of date. Press to try again now.`,
      };
    }
  }
}

/** Says whether the page is live, catching up or offline, and since when. */
export function LiveIndicator() {
  const status = useLiveStatus();
  const { short, long } = liveText(status);
  const offline = status.phase === "offline";
  return (
    <Tip text={long}>
      <button
        type="button"
        onClick={() => offline && retryLive()}
        className={cx(
          "flex h-7 shrink-0 items-center gap-2 rounded-full px-2.5 text-xs font-medium max-md:h-9",
          offline ? "bg-danger-soft text-danger" : "cursor-default! text-ink-2",
        )}
      >
        <span className={cx("size-2 rounded-full", DOT[status.phase])} aria-hidden="true" />
        <span role="status" className={cx(status.phase === "live" && "@max-xl/header:sr-only")}>
          {short}
        </span>
        {offline && <RotateCw size={12} aria-hidden="true" />}
      </button>
    </Tip>
  );
}
