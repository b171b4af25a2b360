import { describe, expect, it } from "vitest";
import { board } from "@/test/fixtures";
import { changesOf, NO_GATEWAY, toForm } from "./boardForm";
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
    expect(changesOf({ ...toForm(connected), gateway: NO_GATEWAY }, connected)).toEqual({ gateway_id: null });
  });

  it("leaves measures alone that one field cannot show", () => {
    const rich = board({ success_metrics: { revenue: 100, users: 10 } });
    const form = toForm(rich);
    expect(form.metric).toBeNull();
    expect(changesOf(form, rich)).toEqual({});
  });
});

it.each([
  ["Website relaunch!", "website-relaunch"],
  ["  --  ", "board"],
  ["日本", "board"],
])("slugOf(%j) is %j", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
