import { describe, expect, it } from "vitest";
import { dueTime, fromDateField, parseTime, relativeTime, toDateField } from "./time";

describe("parseTime", () => {
  it.each(["2026-01-02T03:04:05.123456", "2026-01-02T03:04:05.123456Z", "2026-01-02T05:04:05.123456+02:00"])(
    "reads %s as UTC unless it says otherwise",
    (text) => {
      expect(parseTime(text).toISOString()).toBe("2026-01-02T03:04:05.123Z");
    },
  );
});

it.each([
  [10, "just now"],
  [5 * 60, "5m ago"],
  [3 * 3600, "3h ago"],
  [2 * 86400, "2d ago"],
  [-5 * 60, "in 5m"],
  [-26 * 3600, "in 1d"],
])("relativeTime of %i seconds is %s", (seconds, expected) => {
  const now = new Date("2026-06-15T12:00:00Z");
  expect(relativeTime(new Date(now.getTime() - seconds * 1000), now)).toBe(expected);
});

it.each([
  [5 * 60, "in 5m"],
  [59, "now"],
  [-3 * 86400, "now"],
])("what is due in %i seconds is due %s", (seconds, expected) => {
  const now = new Date("2026-06-15T12:00:00Z");
  expect(dueTime(new Date(now.getTime() + seconds * 1000), now)).toBe(expected);
});

it("a date survives the way to the server and back", () => {
  const sent = fromDateField("2026-03-29");
  expect(toDateField(sent)).toBe("2026-03-29");
  expect(fromDateField("")).toBeNull();
});
