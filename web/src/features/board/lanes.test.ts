import { describe, expect, it } from "vitest";
import type { TaskStatus } from "@/api/types";
import { card } from "@/test/fixtures";
import { neighbourOf } from "./BoardLanes";
import { byStatus } from "./filter";
import { laneChange } from "./LaneRow";
import { lanesOf, parseBoardSearch, viewOf } from "./search";

const lane = (key: string, tasks: Record<string, TaskStatus>) => ({
  group: { key },
  cells: byStatus(Object.entries(tasks).map(([id, status]) => card(id, { status }))),
});

describe("neighbourOf", () => {
  const lanes = [lane("high", { a: "inbox", b: "inbox", c: "done" }), lane("low", { d: "inbox", e: "review" })];

  it("goes up and down within a place, and from its end into the lane beside", () => {
    expect(neighbourOf(lanes, [], "a", "down")).toBe("b");
    expect(neighbourOf(lanes, [], "b", "down")).toBe("d");
    expect(neighbourOf(lanes, [], "d", "up")).toBe("b");
    expect(neighbourOf(lanes, [], "a", "up")).toBeNull();
  });

  it("goes over empty and folded columns to the side", () => {
    expect(neighbourOf(lanes, [], "b", "right")).toBe("c");
    expect(neighbourOf(lanes, ["done"], "b", "right")).toBeNull();
    expect(neighbourOf(lanes, [], "e", "left")).toBe("d");
  });
});

describe("laneChange", () => {
  const task = card("t", { assigned_agent_id: "ada", priority: "high" });

  it("makes a task what its new lane stands for", () => {
    expect(laneChange("assignee", { key: "bob" }, task)).toEqual({ assigned_agent_id: "bob" });
    expect(laneChange("assignee", { key: "" }, task)).toEqual({ assigned_agent_id: null });
    expect(laneChange("priority", { key: "low" }, task)).toEqual({ priority: "low" });
  });

  it("leaves alone what is so already, and tags", () => {
    expect(laneChange("assignee", { key: "ada" }, task)).toBeNull();
    expect(laneChange("tag", { key: "t" }, task)).toBeNull();
  });
});

describe("the address of columns and lanes", () => {
  it("keeps what is folded, limited and in sight, and drops nonsense", () => {
    const search = parseBoardSearch({
      folded: ["done", "x"],
      limit: { review: 3, inbox: 0, done: "many", in_progress: 5 },
      column: "review",
      group: "priority",
    });
    expect(search).toEqual({
      folded: ["done"],
      limit: { in_progress: 5, review: 3 },
      column: "review",
      group: "priority",
    });
    expect(lanesOf(search)).toBe("priority");
    expect(lanesOf({ ...search, view: "list" })).toBeNull();
    // Where a phone looks is no part of a view.
    expect(viewOf(search).column).toBeUndefined();
    expect(parseBoardSearch({ folded: "all", limit: 5, column: "inbox" })).toEqual({});
  });
});
