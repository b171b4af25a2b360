import type { Activity } from "@/api/types";
import { isFailure } from "./search";

/** An event with the earlier ones that say the same again. */
export interface Told {
  /** Stays the same when the same happens again, so that an opened row stays open. */
  key: string;
  event: Activity;
  /** Newest first; empty for what happened once. */
  earlier: Activity[];
}

/**
 * Puts failures that repeat each other under the newest of them: what is tried every minute would fill the page and hide
 * all else. `events` are newest first. Everything but failures stands for itself, and so does the event `apart`, to which
 * a link leads.
 */
export function foldRepeats(events: readonly Activity[], apart?: string): Told[] {
  const told: Told[] = [];
  const newest = new Map<string, Told>();
  for (const event of events) {
    const alone = event.id === apart || !isFailure(event.event_type);
    const key = alone
      ? event.id
      : JSON.stringify([event.event_type, event.board_id, event.task_id, event.agent_id, event.message]);
    const before = alone ? undefined : newest.get(key);
    if (before) {
      before.earlier.push(event);
      continue;
    }
    const entry = { key, event, earlier: [] };
    told.push(entry);
    if (!alone) newest.set(key, entry);
  }
  return told;
}
