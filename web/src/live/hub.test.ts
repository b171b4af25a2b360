import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Hub, joinHub } from "./hub";
import type { StreamHandlers } from "./stream";
import type { Frame, LiveStatus } from "./types";

interface Opened {
  position: number | null;
  handlers: StreamHandlers;
}

const opened = vi.hoisted(() => [] as Opened[]);
vi.mock("./stream", () => ({
  openStream(position: number | null, handlers: StreamHandlers) {
    opened.push({ position, handlers });
    return { close: () => undefined, retryNow: () => undefined, interrupt: () => undefined };
  },
}));

/** As many locks as the hub needs: one holder of each name, the others wait their turn. */
class Locks {
  private held = new Map<string, (() => void)[]>();

  async request(name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>): Promise<void> {
    const waiting = this.held.get(name);
    if (waiting) await new Promise<void>((resolve) => waiting.push(resolve));
    if (signal.aborted) throw new DOMException("left", "AbortError");
    const queue = waiting ?? [];
    this.held.set(name, queue);
    await hold();
    if (queue.length === 0) this.held.delete(name);
    queue.shift()?.();
  }
}

interface Tab {
  hub: Hub;
  frames: Frame[];
  phases: LiveStatus["phase"][];
}

let tabs: Tab[];

beforeEach(() => {
  opened.length = 0;
  tabs = [];
  vi.stubGlobal("navigator", { locks: new Locks() });
});

afterEach(() => {
  for (const { hub } of tabs) hub.close();
  vi.unstubAllGlobals();
});

function openTab(organization = "o1"): Tab {
  const frames: Frame[] = [];
  const phases: LiveStatus["phase"][] = [];
  const hub = joinHub(organization, {
    onFrame: (frame) => frames.push(frame),
    onStatus: (status) => phases.push(status.phase),
    onRefused: () => undefined,
  });
  const tab = { hub, frames, phases };
  tabs.push(tab);
  return tab;
}

const change = (position: number) => ({ kind: "change", change: { position, type: "task.updated" } }) as Frame;

describe("joinHub", () => {
  it("opens one connection for all tabs and hands every frame to each", async () => {
    const leader = openTab();
    const follower = openTab();
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    opened[0]?.handlers.onStatus({ phase: "live" });
    opened[0]?.handlers.onFrame(change(7));
    await vi.waitFor(() => expect(follower.frames).toEqual([change(7)]));
    expect(leader.frames).toEqual([change(7)]);
    expect(follower.phases).toContain("live");
    expect(opened).toHaveLength(1);
  });

  it("opens a connection for each organization, and keeps their frames apart", async () => {
    const here = openTab("o1");
    const there = openTab("o2");
    await vi.waitFor(() => expect(opened).toHaveLength(2));
    opened[1]?.handlers.onFrame(change(3));
    await vi.waitFor(() => expect(there.frames).toEqual([change(3)]));
    expect(here.frames).toEqual([]);
  });

  it("tells a new tab at once how things stand", async () => {
    openTab();
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    opened[0]?.handlers.onStatus({ phase: "live" });
    const late = openTab();
    await vi.waitFor(() => expect(late.phases).toEqual(["live"]));
  });

  it("lets the next tab go on where the first one stopped, also in the middle of a backlog", async () => {
    const leader = openTab();
    const heir = openTab();
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    opened[0]?.handlers.onFrame(change(5));
    // Connected anew: 9 is the newest event, 6 the last one that has come.
    opened[0]?.handlers.onFrame({ kind: "ready", position: 9 });
    opened[0]?.handlers.onFrame(change(6));
    await vi.waitFor(() => expect(heir.frames).toHaveLength(3));
    leader.hub.close();
    await vi.waitFor(() => expect(opened).toHaveLength(2));
    expect(opened[1]?.position).toBe(6);
  });

  it("keeps a connection of its own where the browser cannot share one", () => {
    vi.stubGlobal("navigator", {});
    openTab();
    openTab();
    expect(opened).toHaveLength(2);
  });
});
