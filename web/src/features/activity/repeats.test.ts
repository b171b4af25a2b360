import { expect, it } from "vitest";
import type { Activity } from "@/api/types";
import { foldRepeats } from "./repeats";

function event(id: string, overrides: Partial<Activity> = {}): Activity {
  return {
    id,
    event_type: "agent.setup.failed",
    message: "no such host",
    agent_id: "moss",
    task_id: null,
    board_id: "field",
    actor_name: "Moss",
    created_at: "2026-01-01T00:00:00",
    ...overrides,
  } as Activity;
}

const shape = (events: Activity[], apart?: string) =>
  foldRepeats(events, apart).map(({ event, earlier }) => [event.id, ...earlier.map(({ id }) => id)]);

it("puts failures that repeat each other under the newest, whatever happened between", () => {
  const events = [event("5"), event("4", { agent_id: "flint" }), event("3"), event("2", { agent_id: "flint" })];
  expect(shape(events)).toEqual([
    ["5", "3"],
    ["4", "2"],
  ]);
});

it("leaves apart what differs in its words, its place or its type", () => {
  const events = [event("4"), event("3", { message: "refused" }), event("2", { board_id: "fleet" })];
  expect(shape([...events, event("1", { event_type: "agent.nudge.failed" })])).toEqual([["4"], ["3"], ["2"], ["1"]]);
});

it("never folds what did not fail, nor the event of a link", () => {
  const comment = { event_type: "task.comment", message: "+1" };
  expect(shape([event("2", comment), event("1", comment)])).toEqual([["2"], ["1"]]);
  expect(shape([event("3"), event("2"), event("1")], "2")).toEqual([["3", "1"], ["2"]]);
});
