import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { call, client } from "@/api/client";
import { messageOf } from "@/api/errors";
import { keys } from "@/api/keys";
import type { Approval } from "@/api/types";
import { clearDraft } from "@/lib/drafts";
import { notifyError } from "@/lib/notify";
import { label } from "./describe";

/** What is decided about an approval. */
export interface Decision {
  approval: Approval;
  status: "approved" | "rejected";
  /** A word to the agent; rejections have one. */
  note?: string;
}

/** A decision between the click and the server's word. */
export interface HeldDecision extends Decision {
  /** `held` can be taken back; `sent` waits until the list shows what came of it. */
  phase: "held" | "sending" | "sent" | "failed";
  /** When it is sent, in milliseconds of the epoch. */
  sendsAt: number;
  /** Why it was refused. */
  error?: string;
}

/** How long a decision can be taken back before the agent hears of it. */
export const UNDO_MS = 5_000;
/** A second click that comes so soon belongs to the first. */
const REPEAT_MS = 500;

/**
 * Holds decisions back for a moment, then sends each once. An approval that is held, on its way or sent takes no second
 * decision, whatever is clicked; one that was refused keeps its note and says why.
 */
export class Decisions {
  private held = new Map<string, HeldDecision>();
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  private listeners = new Set<() => void>();
  private lastAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly send: (decision: Decision) => Promise<unknown>,
    /** Runs after each decision that the server took or refused, before it is forgotten. */
    private readonly settled: (decision: HeldDecision) => Promise<unknown>,
  ) {}

  /** Everything that is held, by approval. The same object until something changes. */
  readonly all = (): ReadonlyMap<string, HeldDecision> => this.held;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes decisions that were made together. Those on approvals that have one already are left out. */
  hold(decisions: Decision[]): void {
    const now = Date.now();
    if (now - this.lastAt < REPEAT_MS) return;
    const fresh = decisions.filter(({ approval }) => (this.held.get(approval.id)?.phase ?? "failed") === "failed");
    if (fresh.length === 0) return;
    this.lastAt = now;
    const next = new Map(this.held);
    for (const decision of fresh) {
      const { id } = decision.approval;
      next.set(id, { ...decision, phase: "held", sendsAt: now + UNDO_MS });
      this.timers.set(
        id,
        setTimeout(() => void this.sendNow(id), UNDO_MS),
      );
    }
    this.publish(next);
  }

  /** Takes a decision back; nothing has been sent then. The second of two quick clicks takes nothing back. */
  undo(id: string): void {
    const decision = this.held.get(id);
    if (decision?.phase === "held" && Date.now() - this.lastAt < REPEAT_MS) return;
    if (decision?.phase !== "held" && decision?.phase !== "failed") return;
    this.forget(id);
    // What follows is meant.
    this.lastAt = Number.NEGATIVE_INFINITY;
  }

  /** Sends a decision without waiting any longer, or once more after it was refused. */
  async sendNow(id: string): Promise<void> {
    const decision = this.held.get(id);
    if (!decision || decision.phase === "sending" || decision.phase === "sent") return;
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.put({ ...decision, phase: "sending", error: undefined });
    let ended: HeldDecision;
    try {
      await this.send(decision);
      ended = { ...decision, phase: "sent" };
    } catch (error) {
      ended = { ...decision, phase: "failed", error: messageOf(error) };
    }
    this.put(ended);
    try {
      await this.settled(ended);
    } finally {
      if (ended.phase === "sent") this.forget(id);
    }
  }

  /** Sends everything at once, because the page goes away. */
  sendAll(): void {
    for (const [id, decision] of this.held) if (decision.phase === "held") void this.sendNow(id);
  }

  private put(decision: HeldDecision): void {
    this.publish(new Map(this.held).set(decision.approval.id, decision));
  }

  private forget(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const next = new Map(this.held);
    next.delete(id);
    this.publish(next);
  }

  private publish(next: Map<string, HeldDecision>): void {
    this.held = next;
    for (const listener of this.listeners) listener();
  }
}

/** The name of the draft of the note on a decision. */
export function noteKey(approval: string): string {
  return `approval.${approval}`;
}

/** Tells the server what became of an approval. It goes out even when the page is closed meanwhile. */
export function decide(approval: Approval, status: "approved" | "rejected" | "pending", note?: string) {
  return call(
    client.PATCH("/api/v1/boards/{board_id}/approvals/{approval_id}", {
      params: { path: { board_id: approval.board_id, approval_id: approval.id } },
      body: { status, ...(note ? { decision_note: note } : {}) },
      keepalive: true,
    }),
  );
}

/** Reads again what a decision has changed. */
export function readAgain(cache: QueryClient, approval: Approval): Promise<unknown> {
  return Promise.all([
    cache.invalidateQueries({ queryKey: keys.approvals }),
    cache.invalidateQueries({ queryKey: keys.snapshot(approval.board_id) }),
  ]);
}

const ofCache = new WeakMap<QueryClient, Decisions>();

/** The decisions of this browser tab. They outlive the page on which they were made. */
export function useDecisions(): { decisions: Decisions; held: ReadonlyMap<string, HeldDecision> } {
  const cache = useQueryClient();
  let decisions = ofCache.get(cache);
  if (!decisions) {
    decisions = new Decisions(
      ({ approval, status, note }) => decide(approval, status, note),
      async ({ approval, phase, error }) => {
        if (phase === "failed") notifyError(`Not decided: ${label(approval.action_type)}`, { description: error });
        // Until now it could have been taken back, and then the note is wanted again.
        else clearDraft(noteKey(approval.id));
        await readAgain(cache, approval);
      },
    );
    ofCache.set(cache, decisions);
    addEventListener("pagehide", () => ofCache.get(cache)?.sendAll());
  }
  return { decisions, held: useSyncExternalStore(decisions.subscribe, decisions.all) };
}
