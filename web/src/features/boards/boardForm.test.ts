import { describe, expect, it } from "vitest";
import { board } from "@/test/fixtures";
import { changesOf, metricsProblem, NONE, toForm } from "./boardForm";
import { slugOf } from "./slug";

describe("changesOf", () => {
  it("sends nothing when nothing was changed", () => {
    const full = board({
      board_type: "goal",
      objective: "Ship",
      success_metrics: { summary: "10 users" },
      target_date: "2026-05-01T00:00:00",
    });
    expect(changesOf(toForm(full), full)).toEqual({});
  });

  it("sends only what was changed, so that nobody else's change is overwritten", () => {
    const before = board();
    const form = toForm(before);
    form.name = " New name ";
    form.rules.comment_required_for_review = true;
    form.metric = "Twice as fast";
    expect(changesOf(form, before)).toEqual({
      name: "New name",
      comment_required_for_review: true,
      success_metrics: { summary: "Twice as fast" },
    });
  });

  it("sets a gateway and takes it away", () => {
    const plain = board();
    expect(changesOf({ ...toForm(plain), gateway: "g1" }, plain)).toEqual({ gateway_id: "g1" });
    const connected = board({ gateway_id: "g1" });
    expect(changesOf({ ...toForm(connected), gateway: NONE }, connected)).toEqual({ gateway_id: null });
  });

  it("has measures of their own shape as JSON, and sends them as what they are", () => {
    const rich = board({ success_metrics: { revenue: 100, users: 10 } });
    const form = toForm(rich);
    expect(JSON.parse(form.metric)).toEqual({ revenue: 100, users: 10 });
    expect(changesOf(form, rich)).toEqual({});
    expect(changesOf({ ...form, metric: '{"users": 12}' }, rich)).toEqual({ success_metrics: { users: 12 } });
    expect(metricsProblem("{users: 12}")).toMatch(/not an object/);
    expect(metricsProblem("[1]")).toMatch(/not an object/);
    expect(metricsProblem('{"users": 12}')).toBeNull();
  });

  it("moves a board into a group and out of it", () => {
    expect(changesOf({ ...toForm(board()), group: "g" }, board())).toEqual({ board_group_id: "g" });
    const grouped = board({ board_group_id: "g" });
    expect(changesOf({ ...toForm(grouped), group: NONE }, grouped)).toEqual({ board_group_id: null });
  });
});

it.each([
  ["Website relaunch!", "website-relaunch"],
  ["  --  ", "board"],
  ["日本", "board"],
])("slugOf(%j) is %j", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
