import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openStream, retryDelay, type Stream, toFrame } from "./stream";
import type { Frame, LiveStatus } from "./types";

interface Connection {
  headers: Headers;
  send(text: string): void;
  end(): void;
}

let connections: Connection[];
let frames: Frame[];
let phases: string[];
let stream: Stream | null;
let answer: () => Response | null;

beforeEach(() => {
  vi.useFakeTimers();
  connections = [];
  frames = [];
  phases = [];
  answer = () => null;
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const refusal = answer();
    if (refusal) return refusal;
    const encoder = new TextEncoder();
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (c) => (controller = c) });
    init.signal?.addEventListener("abort", () => {
      try {
        controller.error(new DOMException("aborted", "AbortError"));
      } catch {
        // Closed before.
      }
    });
    connections.push({
      headers: new Headers(init.headers),
      send: (text) => controller.enqueue(encoder.encode(text)),
      end: () => controller.close(),
    });
    return new Response(body, { status: 200 });
  });
});

afterEach(() => {
  stream?.close();
  stream = null;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function open(position: number | null = null, onRefused: (refused: string) => void = () => {}): void {
  stream = openStream(position, {
    onFrame: (frame) => frames.push(frame),
    onStatus: (status: LiveStatus) => phases.push(status.phase),
    onRefused,
  });
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const ready = (position: number) => `event: ready\ndata: {"position":${position}}\n\n`;
const event = (position: number, type = "task.updated") =>
  `event: change\nid: ${position}\ndata: {"position":${position},"type":"${type}"}\n\n`;

describe("openStream", () => {
  it("is live once the server says that it is ready, and hands frames on", async () => {
    open();
    await settle();
    connections[0]?.send(ready(5));
    connections[0]?.send(event(6));
    await settle();
    expect(phases).toEqual(["connecting", "live"]);
    expect(frames.map((frame) => frame.kind)).toEqual(["ready", "change"]);
    expect(connections[0]?.headers.has("last-event-id")).toBe(false);
  });

  it("resumes at the last event it has seen and catches up before it is live again", async () => {
    open();
    await settle();
    connections[0]?.send(ready(5) + event(6));
    await settle();
    connections[0]?.end();
    await settle();
    expect(phases.at(-1)).toBe("offline");
    await vi.advanceTimersByTimeAsync(1_300);
    expect(connections[1]?.headers.get("last-event-id")).toBe("6");
    connections[1]?.send(ready(8) + event(7));
    await settle();
    expect(phases.at(-1)).toBe("catching-up");
    connections[1]?.send(event(8));
    await settle();
    expect(phases.at(-1)).toBe("live");
  });

  it("counts as offline after 40 seconds of silence, but not while pings come", async () => {
    open();
    await settle();
    connections[0]?.send(ready(1));
    await settle();
    for (let i = 0; i < 4; i++) {
      await vi.advanceTimersByTimeAsync(30_000);
      connections[0]?.send(": ping\n\n");
      await settle();
    }
    expect(phases.at(-1)).toBe("live");
    await vi.advanceTimersByTimeAsync(40_100);
    expect(phases).toContain("offline");
  });

  it.each([
    [401, "session"],
    [403, "organization"],
  ])("stops when the server refuses with %i, and says what it refuses", async (status, refused) => {
    answer = () => new Response(null, { status });
    const onRefused = vi.fn();
    open(null, onRefused);
    await settle();
    expect(onRefused.mock.calls).toEqual([[refused]]);
    answer = () => null;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connections).toHaveLength(0);
  });

  it("tries again at once when asked to", async () => {
    answer = () => new Response(null, { status: 503 });
    open();
    await settle();
    expect(phases.at(-1)).toBe("offline");
    answer = () => null;
    stream?.retryNow();
    await settle();
    expect(connections).toHaveLength(1);
  });
});

describe("retryDelay", () => {
  it("doubles up to 15 seconds and only ever adds jitter", () => {
    expect([0, 1, 2, 3, 4, 9].map((failures) => retryDelay(failures, () => 0))).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
    expect(retryDelay(0, () => 0.999)).toBeLessThan(1_200);
  });
});

describe("toFrame", () => {
  it.each([
    ["not JSON", "change", "oops"],
    ["no position", "change", '{"type":"task.created"}'],
    ["no type", "change", '{"position":1}'],
    ["an event of a newer server", "heartbeat", '{"position":1}'],
  ])("ignores %s", (_name, name, data) => {
    expect(toFrame({ event: name, data })).toBeNull();
  });
});
