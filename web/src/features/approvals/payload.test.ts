import { expect, it } from "vitest";
import { approval } from "@/test/fixtures";
import { assigneeOf, changesOf, detailsOf, rubricOf, tasksOf } from "./payload";

const of = (payload: Record<string, unknown>) => approval("a", { payload });

it("finds what would change, however agents spell it", () => {
  expect(changesOf(of({ before: { a: 1, same: 2 }, after: { a: "x", same: 2, b: [1] } }))).toEqual([
    { field: "a", before: "1", after: "x" },
    { field: "b", before: null, after: "[\n  1\n]" },
  ]);
  expect(changesOf(of({ changes: [{ field: "title", from: "A", to: "B" }, { nonsense: 1 }] }))).toEqual([
    { field: "title", before: "A", after: "B" },
  ]);
  expect(changesOf(of({ changes: { price: { old: 1, new: 2 } } }))).toEqual([
    { field: "price", before: "1", after: "2" },
  ]);
  expect(changesOf(of({ before: "old text", after: "new text" }))).toEqual([
    { field: "content", before: "old text", after: "new text" },
  ]);
  expect(changesOf(of({ changes: "many" }))).toEqual([]);
});

it("names the assignee and the points from where older agents put them", () => {
  expect(assigneeOf(of({ assignment: { agentId: "n" } }))).toBe("n");
  expect(assigneeOf(of({}))).toBeUndefined();
  expect(rubricOf(of({ analytics: { rubric_scores: { clarity: 20, mood: "good" } } }))).toEqual([["clarity", 20]]);
});

it("links the tasks that the server knows and those that only the payload names, once", () => {
  const linked = approval("a", {
    task_ids: ["t1"],
    task_titles: ["One"],
    payload: { taskIds: ["t1", "t2"], linked_request: { task_id: "t3", tasks: [{ id: "t3", title: "Three" }] } },
  });
  expect(tasksOf(linked)).toEqual([
    { id: "t1", title: "One" },
    { id: "t2", title: undefined },
    { id: "t3", title: "Three" },
  ]);
  // Titles leave out tasks that are gone, so their places say nothing then.
  expect(tasksOf(approval("a", { task_ids: ["t1", "t2"], task_titles: ["Two"] }))[0]?.title).toBeUndefined();
});

it("shows the rest of the payload, but not what stands elsewhere", () => {
  const payload = { reason: "x", task_id: "t", target_url: "https://a.example", size: 3, none: null, diff: "+a" };
  expect(detailsOf(of(payload))).toEqual([
    ["target_url", "https://a.example"],
    ["size", "3"],
  ]);
});
