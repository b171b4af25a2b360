import { messageOf } from "@/api/errors";
import type { TaskCard, TaskUpdate } from "@/api/types";

/** What one change of several tasks came to. */
export interface BulkOutcome {
  done: TaskCard[];
  refused: { task: TaskCard; reason: string }[];
}

/** What is to happen to one task, or why it is not even tried. */
export type BulkStep = { task: TaskCard; changes: TaskUpdate } | { task: TaskCard; refusal: string };

// The server takes one change of a board after the other; a few at once keep it busy without a queue.
const AT_ONCE = 4;

/** Changes several tasks; each is a change of its own, and one that is refused stops no other. */
export async function changeAll(
  steps: BulkStep[],
  change: (task: TaskCard, changes: TaskUpdate) => Promise<unknown>,
): Promise<BulkOutcome> {
  const outcome: BulkOutcome = { done: [], refused: [] };
  const queue = [...steps];
  const work = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) {
      if ("refusal" in step) {
        outcome.refused.push({ task: step.task, reason: step.refusal });
        continue;
      }
      try {
        await change(step.task, step.changes);
        outcome.done.push(step.task);
      } catch (error) {
        outcome.refused.push({ task: step.task, reason: messageOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcome;
}
