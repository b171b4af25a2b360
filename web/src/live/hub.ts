import { openStream, type Refused, type Stream } from "./stream";
import type { Frame, LiveStatus } from "./types";

type TabMessage =
  | { kind: "hello" }
  | { kind: "retry" }
  | { kind: "status"; status: LiveStatus; position: number | null }
  | { kind: "frame"; frame: Frame }
  | { kind: "refused"; refused: Refused };

/** What the hub tells this tab. */
export interface HubHandlers {
  onFrame(frame: Frame): void;
  onStatus(status: LiveStatus): void;
  onRefused(refused: Refused): void;
}

/** The live connection as one tab sees it. */
export interface Hub {
  close(): void;
  /** Asks whoever holds the connection to try again now. */
  retryNow(): void;
  /** Gives the connection up, when this tab holds it: the network is gone. */
  interrupt(): void;
}

/**
 * Joins this tab to the browser's one event stream of an organization. The tab that holds the lock `mc-live:ID` keeps the
 * connection and hands every frame to the others; when it closes, the browser gives the lock to the next tab, which
 * resumes at the last position it has seen. Without locks or channels every tab keeps its own connection.
 */
export function joinHub(organization: string | null, handlers: HubHandlers): Hub {
  const name = `mc-live:${organization ?? ""}`;
  const locks = globalThis.navigator?.locks;
  if (!locks || typeof BroadcastChannel === "undefined") {
    const stream = openStream(null, handlers);
    return stream;
  }

  const channel = new BroadcastChannel(name);
  const leaving = new AbortController();
  let stream: Stream | null = null;
  let position: number | null = null;
  let status: LiveStatus = { phase: "connecting" };
  let release: (() => void) | null = null;

  const tell = (message: TabMessage) => {
    if (!leaving.signal.aborted) channel.postMessage(message);
  };
  const track = (frame: Frame) => {
    // A resumed stream begins by naming the newest position, but what lies between is still to come: whoever takes over
    // in the middle of it must not skip the rest.
    if (frame.kind === "ready") position ??= frame.position;
    else position = frame.kind === "change" ? frame.change.position : frame.position;
  };
  const tellStatus = () => tell({ kind: "status", status, position });

  channel.onmessage = (event: MessageEvent<TabMessage>) => {
    const message = event.data;
    if (stream) {
      if (message.kind === "hello") tellStatus();
      if (message.kind === "retry") stream.retryNow();
      return;
    }
    if (message.kind === "status") {
      position = message.position ?? position;
      status = message.status;
      handlers.onStatus(status);
    } else if (message.kind === "frame") {
      track(message.frame);
      handlers.onFrame(message.frame);
    } else if (message.kind === "refused") {
      handlers.onRefused(message.refused);
    }
  };

  function lead(): Promise<void> {
    stream = openStream(position, {
      onFrame(frame) {
        track(frame);
        handlers.onFrame(frame);
        tell({ kind: "frame", frame });
      },
      onStatus(next) {
        status = next;
        handlers.onStatus(next);
        tellStatus();
      },
      onRefused(refused) {
        tell({ kind: "refused", refused });
        handlers.onRefused(refused);
      },
    });
    return new Promise((resolve) => {
      release = resolve;
    });
  }

  locks.request(name, { signal: leaving.signal }, lead).catch((error: unknown) => {
    // Leaving before it was our turn ends the request; anything else must not be swallowed.
    if (!leaving.signal.aborted) throw error;
  });
  tell({ kind: "hello" });

  return {
    close() {
      stream?.close();
      stream = null;
      leaving.abort();
      release?.();
      channel.close();
    },
    retryNow() {
      if (stream) stream.retryNow();
      else tell({ kind: "retry" });
    },
    interrupt() {
      stream?.interrupt();
    },
  };
}
