import { createParser, type EventSourceMessage } from "eventsource-parser";
import { authorization } from "@/api/bearer";
import { organizationHeader } from "@/api/organization";
import { isElsewhere, serverLink } from "@/api/origin";
import type { Change, Frame, LiveStatus } from "./types";

/** The server sends a sign of life every 15 s; after this long without one the connection counts as lost. */
const SILENCE_MS = 40_000;
/** How long after a reconnect the backlog may pause before it counts as read. */
const BACKLOG_PAUSE_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/** What the server refuses. */
export type Refused = "session" | "organization";

/** What the stream reports to its owner. */
export interface StreamHandlers {
  onFrame(frame: Frame): void;
  onStatus(status: LiveStatus): void;
  /** The server refuses the session, or the organization; the stream stays closed until somebody starts a new one. */
  onRefused(refused: Refused): void;
}

/** A running event stream. */
export interface Stream {
  /** Ends the connection for good. */
  close(): void;
  /** Tries again at once instead of waiting for the next attempt. */
  retryNow(): void;
  /** Gives the present connection up, because the browser says that the network is gone. */
  interrupt(): void;
}

/**
 * Keeps one connection to the event stream open, from `startPosition` on (null: from now). It is read with `fetch`
 * rather than `EventSource`, because only so the pings and a refused session can be seen.
 */
export function openStream(startPosition: number | null, handlers: StreamHandlers): Stream {
  let position = startPosition;
  let failures = 0;
  let closed = false;
  let lostAt: number | null = null;
  let attempt: AbortController | null = null;
  let wake: (() => void) | null = null;

  function status(next: LiveStatus): void {
    if (!closed) handlers.onStatus(next);
  }

  async function run(): Promise<void> {
    while (!closed) {
      attempt = new AbortController();
      const outcome = await connect(attempt);
      if (closed) return;
      if (outcome.refused) {
        lostAt ??= Date.now();
        status({ phase: "offline", since: lostAt });
        handlers.onRefused(outcome.refused);
        return;
      }
      lostAt ??= Date.now();
      status({ phase: "offline", since: lostAt });
      await pause(outcome.retryAfterMs ?? retryDelay(failures));
      failures += 1;
    }
  }

  async function connect(abort: AbortController): Promise<{ refused?: Refused; retryAfterMs?: number }> {
    let silence: ReturnType<typeof setTimeout> | undefined;
    let backlog: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    // The position at which nothing is missing any more; null when that has been reached.
    let target: number | null = null;
    const caughtUp = () => {
      clearTimeout(backlog);
      target = null;
      lostAt = null;
      status({ phase: "live" });
    };
    const stillReading = () => {
      clearTimeout(backlog);
      backlog = setTimeout(caughtUp, BACKLOG_PAUSE_MS);
    };

    const parser = createParser({
      onEvent(message) {
        const frame = toFrame(message);
        if (!frame) return;
        if (frame.kind === "ready") {
          failures = 0;
          const resumed = position !== null && frame.position > position;
          position ??= frame.position;
          handlers.onFrame(frame);
          if (resumed) {
            target = frame.position;
            status({ phase: "catching-up" });
            stillReading();
          } else {
            caughtUp();
          }
          return;
        }
        position = frame.kind === "change" ? frame.change.position : frame.position;
        handlers.onFrame(frame);
        if (target !== null) {
          if (position >= target) caughtUp();
          else stillReading();
        }
      },
    });

    try {
      alive();
      const response = await fetch(serverLink("/api/v1/events"), {
        signal: abort.signal,
        credentials: isElsewhere ? "omit" : "same-origin",
        cache: "no-store",
        headers: {
          Accept: "text/event-stream",
          ...organizationHeader(),
          ...(isElsewhere ? authorization() : {}),
          ...(position === null ? {} : { "Last-Event-ID": String(position) }),
        },
      });
      if (response.status === 401) return { refused: "session" };
      if (response.status === 403) return { refused: "organization" };
      if (!response.ok || !response.body) {
        const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
        return Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return {};
        alive();
        parser.feed(value);
      }
    } catch {
      // Refused, cut off, silent for too long, or closed by us: the loop decides what comes next.
      return {};
    } finally {
      clearTimeout(silence);
      clearTimeout(backlog);
      abort.abort();
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        wake = null;
        resolve();
      }
      wake = done;
    });
  }

  status({ phase: "connecting" });
  void run();

  return {
    close() {
      closed = true;
      attempt?.abort();
      wake?.();
    },
    retryNow() {
      failures = 0;
      wake?.();
    },
    interrupt() {
      attempt?.abort();
    },
  };
}

/** Milliseconds before the next attempt: 1, 2, 4, 8, 15 s, plus up to a fifth so that many pages do not come at once. */
export function retryDelay(failures: number, random: () => number = Math.random): number {
  const base = Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS);
  return base * (1 + random() * 0.2);
}

/** Reads one message of the stream; null for what this console does not know. */
export function toFrame(message: Pick<EventSourceMessage, "event" | "data">): Frame | null {
  let data: unknown;
  try {
    data = JSON.parse(message.data);
  } catch {
    return null;
  }
  if (typeof data !== "object" || data === null) return null;
  const position = (data as { position?: unknown }).position;
  if (typeof position !== "number") return null;
  switch (message.event) {
    case "ready":
      return { kind: "ready", position };
    case "resync":
      return { kind: "resync", position };
    case "change":
      return typeof (data as Change).type === "string" ? { kind: "change", change: data as Change } : null;
    default:
      return null;
  }
}
