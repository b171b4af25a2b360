import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/errors";
import { card } from "@/test/fixtures";
import { groupTasks, sortTasks } from "./arrange";
import { changeAll } from "./bulk";
import { filterTasks } from "./filter";
import { viewOf } from "./search";
import { createSelection } from "./selection";
import { deleteView, isSameView, saveView } from "./views";

const TAG = { id: "g1", name: "Bug", slug: "bug", color: "ff0000" };
const NOW = new Date(2026, 2, 10, 12);

describe("order and groups", () => {
  const tasks = [
    card("t1", { priority: "low", due_at: "2026-03-12T00:00:00", title: "b" }),
    card("t2", { priority: "high", title: "a", assigned_agent_id: "a1", assignee: "Nova", tags: [TAG] }),
    card("t3", { priority: "high", due_at: "2026-03-11T00:00:00", title: "c" }),
  ];
  const ids = (list: { id: string }[]) => list.map((task) => task.id);

  it("keeps the order of the server unless one is chosen, and puts what has no date last", () => {
    expect(sortTasks(tasks, undefined)).toBe(tasks);
    expect(ids(sortTasks(tasks, "priority"))).toEqual(["t2", "t3", "t1"]);
    expect(ids(sortTasks(tasks, "due"))).toEqual(["t3", "t1", "t2"]);
    expect(ids(sortTasks(tasks, "title", true))).toEqual(["t3", "t1", "t2"]);
  });

  it("groups by what tasks share; nobody and nothing come last", () => {
    const labels = (by: Parameters<typeof groupTasks>[1]) =>
      groupTasks(tasks, by).map((group) => `${group.label} ${group.tasks.length}`);
    expect(labels("assignee")).toEqual(["Nova 1", "Unassigned 2"]);
    expect(labels("tag")).toEqual(["Bug 1", "Without tags 2"]);
    expect(labels("priority")).toEqual(["High 2", "Low 1"]);
    expect(labels("status")).toEqual(["Inbox 3"]);
    expect(groupTasks([], "none")).toEqual([]);
  });
});

describe("filters by tag, due date and custom field", () => {
  const tasks = [
    card("t1", { tag_ids: ["g1"], due_at: "2026-03-10T00:00:00", custom_field_values: { size: "L", ok: true } }),
    card("t2", { due_at: "2026-03-16T00:00:00", custom_field_values: { size: "S", ok: null } }),
    card("t3", { status: "done", due_at: "2026-01-01T00:00:00" }),
  ];
  const ids = (search: Parameters<typeof filterTasks>[1]) => filterTasks(tasks, search, NOW).map((task) => task.id);

  it.each([
    [{ tag: ["g1", "g9"] }, ["t1"]],
    [{ due: "today" as const }, ["t1"]],
    [{ due: "week" as const }, ["t1", "t2"]],
    [{ due: "none" as const }, []],
    [{ field: ["size:L", "size:S"] }, ["t1", "t2"]],
    [{ field: ["size:L", "ok:true"] }, ["t1"]],
    [{ field: ["ok:"] }, ["t2", "t3"]],
  ])("%j shows %j", (search, expected) => {
    expect(ids(search)).toEqual(expected);
  });
});

describe("a selection", () => {
  it("takes in a range from the last one chosen, in either direction", () => {
    const selection = createSelection();
    const order = ["t1", "t2", "t3", "t4"];
    selection.toggle("t3", { order });
    selection.toggle("t1", { range: true, order });
    expect([...selection.all()].sort()).toEqual(["t1", "t2", "t3"]);
    selection.toggle("t2", { order });
    expect(selection.has("t2")).toBe(false);
    selection.clear();
    expect(selection.all().size).toBe(0);
  });
});

describe("changing several tasks", () => {
  it("stops at no refusal, and says which and why", async () => {
    const tasks = ["t1", "t2", "t3"].map((id) => card(id));
    const outcome = await changeAll(
      [
        ...tasks.map((task) => ({ task, changes: { priority: "high" } })),
        { task: card("t4"), refusal: "It waits for another." },
      ],
      (task) => (task.id === "t2" ? Promise.reject(new ApiError("Not now.", 409)) : Promise.resolve()),
    );
    expect(outcome.done.map((task) => task.id).sort()).toEqual(["t1", "t3"]);
    expect(outcome.refused.map(({ task, reason }) => [task.id, reason]).sort()).toEqual([
      ["t2", "Not now."],
      ["t4", "It waits for another."],
    ]);
  });
});

describe("saved views", () => {
  it("are told apart by what they show, not by what is open beside it", () => {
    const open = { view: "list" as const, priority: ["high", "low"], taskId: "t1", panel: "chat" as const };
    expect(isSameView(open, { priority: ["low", "high"], view: "list" })).toBe(true);
    expect(isSameView(open, { view: "list" })).toBe(false);
    expect(viewOf(open)).toEqual({ view: "list", priority: ["high", "low"] });
  });

  it("are kept in the browser until they are deleted", () => {
    const stored = () => localStorage.getItem("mc.views.b1");
    saveView("b1", "Mine", { assignee: "a1", taskId: "t1" });
    saveView("b1", "Mine", { assignee: "a2" });
    expect(JSON.parse(stored() ?? "")).toEqual([{ name: "Mine", search: { assignee: "a2" } }]);
    deleteView("b1", "Mine");
    expect(stored()).toBeNull();
  });
});
