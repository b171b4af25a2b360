import { describe, expect, it } from "vitest";
import { card } from "@/test/fixtures";
import { byStatus, filterTasks } from "./filter";
import { isFiltered, parseBoardSearch, withoutFilters } from "./search";

const NOW = new Date("2026-03-10T12:00:00Z");

describe("parseBoardSearch", () => {
  it("takes everything that a link can carry", () => {
    const search = {
      q: "login",
      status: ["inbox", "review"],
      priority: ["high"],
      assignee: "none",
      only: "blocked",
      view: "list",
      taskId: "t1",
      commentId: "c1",
      panel: "chat",
    };
    expect(parseBoardSearch(search)).toEqual(search);
  });

  it("drops what it does not know instead of failing", () => {
    expect(
      parseBoardSearch({
        q: "  ",
        status: ["nonsense"],
        only: "everything",
        view: "timeline",
        panel: 7,
        x: 1,
        sort: "luck",
        field: "a:b",
      }),
    ).toEqual({});
  });

  it("reads comma-separated lists and numbers as text, as hand-written links have them", () => {
    expect(parseBoardSearch({ status: "inbox,done,inbox", q: 404 })).toEqual({ status: ["inbox", "done"], q: "404" });
  });

  it("drops a comment without its task", () => {
    expect(parseBoardSearch({ commentId: "c1" })).toEqual({});
  });
});

describe("withoutFilters", () => {
  it("keeps view and panel", () => {
    const search = parseBoardSearch({ q: "x", only: "review", view: "list", panel: "notes" });
    expect(isFiltered(search)).toBe(true);
    expect(withoutFilters(search)).toEqual({ view: "list", panel: "notes" });
  });
});

describe("filterTasks", () => {
  const tasks = [
    card("t1", { title: "Fix login", priority: "high", assigned_agent_id: "a1", assignee: "Nova" }),
    card("t2", { title: "Write docs", status: "review", approvals_pending_count: 1 }),
    card("t3", { title: "Deploy", is_blocked: true, status: "review", due_at: "2026-03-09T00:00:00" }),
    card("t4", { title: "Old", status: "done", due_at: "2026-01-01T00:00:00" }),
  ];
  const ids = (search: Parameters<typeof filterTasks>[1]) => filterTasks(tasks, search, NOW).map((task) => task.id);

  it.each([
    ["nothing", {}, ["t1", "t2", "t3", "t4"]],
    ["all words, in title or assignee", { q: "nova LOGIN" }, ["t1"]],
    ["status", { status: ["done" as const] }, ["t4"]],
    ["priority", { priority: ["high"] }, ["t1"]],
    ["an assignee", { assignee: "a1" }, ["t1"]],
    ["nobody", { assignee: "none" }, ["t2", "t3", "t4"]],
    ["blocked", { only: "blocked" as const }, ["t3"]],
    ["review, without what is blocked", { only: "review" as const }, ["t2"]],
    ["approval", { only: "approval" as const }, ["t2"]],
    ["overdue, without what is done", { only: "overdue" as const }, ["t3"]],
    ["several at once", { only: "blocked" as const, q: "docs" }, []],
  ])("filters by %s", (_name, search, expected) => {
    expect(ids(search)).toEqual(expected);
  });

  it("does not call a task overdue on the day that it is due", () => {
    const today = card("t5", { due_at: "2026-03-10T00:00:00" });
    expect(filterTasks([today], { only: "overdue" }, NOW)).toEqual([]);
  });
});

describe("byStatus", () => {
  it("shows a task in an unknown state in the inbox", () => {
    const odd = card("t1", { status: "paused" as never });
    expect(byStatus([odd]).inbox).toEqual([odd]);
  });
});
