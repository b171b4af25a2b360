import { describe, expect, it } from "vitest";
import { board, card } from "@/test/fixtures";
import { judgeMove } from "./moves";
import { overlay } from "./mutations";

describe("judgeMove", () => {
  it.each([
    ["anywhere without rules", card("t1"), "done", {}, "allowed"],
    ["to where it is", card("t1", { is_blocked: true, status: "done" }), "done", {}, "allowed"],
    [
      "onwards while blocked",
      card("t1", { is_blocked: true, blocked_by_task_ids: ["t2"] }),
      "in_progress",
      {},
      "refused",
    ],
    ["back to the inbox while blocked", card("t1", { is_blocked: true, status: "review" }), "inbox", {}, "allowed"],
    ["past review", card("t1", { status: "in_progress" }), "done", { require_review_before_done: true }, "refused"],
    ["from review", card("t1", { status: "review" }), "done", { require_review_before_done: true }, "allowed"],
    ["to done without approval", card("t1"), "done", { require_approval_for_done: true }, "doubtful"],
    [
      "with a pending approval",
      card("t1", { approvals_pending_count: 1 }),
      "in_progress",
      { block_status_changes_with_pending_approval: true },
      "refused",
    ],
  ] as const)("judges a move %s", (_name, task, target, rules, outcome) => {
    const verdict = judgeMove(task, target, board(rules), []);
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.reason === null).toBe(outcome === "allowed");
  });

  it("lets an approved task be done", () => {
    const approvals = [{ status: "approved" as const, task_id: null, task_ids: ["t1"] }];
    expect(judgeMove(card("t1"), "done", board({ require_approval_for_done: true }), approvals).outcome).toBe(
      "allowed",
    );
  });

  it("asks for a comment where the board wants one", () => {
    expect(judgeMove(card("t1"), "review", board({ comment_required_for_review: true }), []).needsComment).toBe(true);
  });
});

const NAMES = {
  agents: [{ id: "a1", name: "Nova" }],
  tags: [{ id: "g1", name: "Urgent", slug: "urgent", color: "ff0000" }],
};

describe("overlay", () => {
  it("lays what is on its way over the tasks, the last change on top, and touches nothing else", () => {
    const tasks = [card("t1"), card("t2")];
    const shown = overlay(
      tasks,
      [
        { task: card("t1"), changes: { status: "review", comment: "done" } },
        { task: card("t1"), changes: { status: "done" } },
      ],
      NAMES,
    );
    expect(shown[0]?.status).toBe("done");
    expect(shown[0]).not.toHaveProperty("comment");
    expect(shown[1]).toBe(tasks[1]);
    expect(tasks[0]?.status).toBe("inbox");
  });

  it("shows what a change names by id with its name, and custom fields beside those that stay", () => {
    const tasks = [card("t1", { custom_field_values: { size: 1, note: "stays" } })];
    const changes = { tag_ids: ["g1"], assigned_agent_id: "a1", custom_field_values: { size: 2 } };
    const [shown] = overlay(tasks, [{ task: card("t1", tasks[0]), changes }], NAMES);
    expect(shown?.tags?.map((tag) => tag.name)).toEqual(["Urgent"]);
    expect(shown?.assignee).toBe("Nova");
    expect(shown?.custom_field_values).toEqual({ size: 2, note: "stays" });
  });
});
