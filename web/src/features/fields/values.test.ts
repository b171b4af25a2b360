import { describe, expect, it } from "vitest";
import type { FieldType } from "@/api/types";
import { formatFieldValue, parseFieldValue } from "./values";

describe("parseFieldValue", () => {
  it.each([
    ["text", "a b ", "a b "],
    ["text_long", "a\nb", "a\nb"],
    ["integer", " -42 ", -42],
    ["decimal", "4.20", 4.2],
    ["decimal", ".5", 0.5],
    ["boolean", "false", false],
    ["date", "2026-12-24", "2026-12-24"],
    ["date_time", "2026-12-24T18:00", "2026-12-24T18:00"],
    ["url", "https://example.org/a?b", "https://example.org/a?b"],
    ["json", '{"a": [1]}', { a: [1] }],
  ] as [FieldType, string, unknown][])("takes %s %j", (type, typed, value) => {
    expect(parseFieldValue(type, typed)).toEqual({ value, problem: null });
  });

  it.each([
    ["integer", "4.2"],
    ["integer", "99999999999999999999"],
    ["decimal", "4,2"],
    ["decimal", "Infinity"],
    ["boolean", "perhaps"],
    ["date", "24.12.2026"],
    ["date", "2026-13-01"],
    ["date_time", "tomorrow"],
    ["url", "example.org"],
    ["url", "javascript:alert(1)"],
    ["json", "42"],
    ["json", "{a: 1}"],
  ] as [FieldType, string][])("refuses %s %j, and says why", (type, typed) => {
    expect(parseFieldValue(type, typed).problem).toMatch(/\./);
  });

  it("takes nothing for no value", () => {
    for (const type of ["text", "integer", "json"] as const) {
      expect(parseFieldValue(type, "  ")).toEqual({ value: null, problem: null });
    }
  });
});

it("writes values so that they read back the same", () => {
  for (const [type, value] of [
    ["integer", 7],
    ["boolean", true],
    ["json", { a: null }],
    ["text", null],
  ] as [FieldType, unknown][]) {
    expect(parseFieldValue(type, formatFieldValue(type, value)).value).toEqual(value);
  }
});
