import { describe, expect, it } from "vitest";
import { approval } from "@/test/fixtures";
import { confidenceOf, confidenceText, label, matches, reasonOf, subjectOf, toneOf } from "./describe";
import { parseApprovalsSearch } from "./search";

describe("an approval", () => {
  it("gives its reason from where agents put it", () => {
    expect(reasonOf(approval("a", { payload: { reason: " because " } }))).toBe("because");
    expect(reasonOf(approval("a", { payload: { decision: { reason: "so" } } }))).toBe("so");
    expect(reasonOf(approval("a", { payload: null }))).toBeNull();
    expect(reasonOf(approval("a", { payload: { reason: 3 } }))).toBeNull();
  });

  it("has names and tones for people", () => {
    expect(label("task.execute")).toBe("Task execute");
    expect([95, 80, 79.9, 50, 12].map(toneOf)).toEqual(["ok", "ok", "warn", "warn", "danger"]);
    expect(confidenceOf(approval("a", { confidence: Number.NaN }))).toBe(0);
    expect(confidenceText(approval("a", { confidence: 70.6 }))).toBe("71% confidence");
  });

  it("says in a line what it is about", () => {
    expect(subjectOf(approval("a", { task_titles: ["One", "Two"] }))).toBe("One and 1 more");
    expect(subjectOf(approval("a", { payload: { title: "Send", reason: "x" } }))).toBe("Send");
    expect(subjectOf(approval("a", { payload: { reason: "first\nsecond" } }))).toBe("first");
  });

  it("is found by what a reader sees of it", () => {
    const one = approval("a", {
      action_type: "page.delete",
      agent_name: "Nova",
      payload: { url: "https://x.example" },
    });
    for (const text of ["page del", "nova", "X.EXAMPLE", " "]) expect(matches(one, text)).toBe(true);
    expect(matches(one, "newsletter")).toBe(false);
  });
});

describe("the address of the approvals page", () => {
  it("keeps what it knows", () => {
    expect(parseApprovalsSearch({ state: "rejected", board: "b", x: 1 })).toEqual({ state: "rejected", board: "b" });
    expect(parseApprovalsSearch({ state: "pending", board: " ", sort: "newest" })).toEqual({});
    expect(parseApprovalsSearch({ state: "nonsense", approval: "a", sort: "unsure", q: "x" })).toEqual({
      approval: "a",
      sort: "unsure",
      q: "x",
    });
  });
});
