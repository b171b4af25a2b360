import { describe, expect, it } from "vitest";
import { approval } from "@/test/fixtures";
import { detailsOf, label, reasonOf, toneOf } from "./describe";
import { parseApprovalsSearch } from "./search";

describe("an approval", () => {
  it("gives its reason from where agents put it", () => {
    expect(reasonOf(approval("a", { payload: { reason: " because " } }))).toBe("because");
    expect(reasonOf(approval("a", { payload: { decision: { reason: "so" } } }))).toBe("so");
    expect(reasonOf(approval("a", { payload: null }))).toBeNull();
    expect(reasonOf(approval("a", { payload: { reason: 3 } }))).toBeNull();
  });

  it("shows the rest of its payload, but not what stands elsewhere", () => {
    const payload = { reason: "x", task_id: "t", target_url: "https://a.example", size: 3, none: null };
    expect(detailsOf(approval("a", { payload }))).toEqual([
      ["Target url", "https://a.example"],
      ["Size", "3"],
    ]);
  });

  it("has names and tones for people", () => {
    expect(label("task.execute")).toBe("Task execute");
    expect([95, 80, 79.9, 50, 12].map(toneOf)).toEqual(["ok", "ok", "warn", "warn", "danger"]);
  });
});

describe("the address of the approvals page", () => {
  it("keeps what it knows", () => {
    expect(parseApprovalsSearch({ state: "rejected", board: "b", x: 1 })).toEqual({ state: "rejected", board: "b" });
    expect(parseApprovalsSearch({ state: "pending", board: " " })).toEqual({});
    expect(parseApprovalsSearch({ state: "nonsense", approval: "a" })).toEqual({ approval: "a" });
  });
});
