import { describe, expect, it } from "vitest";
import type { FieldType } from "@/api/types";
import { isVisible, parseField, shownValue, toText } from "./customFields";

const parse = (type: FieldType, text: string) => parseField({ field_type: type, validation_regex: null }, text);

describe("parseField", () => {
  it.each<[FieldType, string, unknown]>([
    ["text", " kept as it is ", " kept as it is "],
    ["text_long", "two\nlines", "two\nlines"],
    ["integer", "-7", -7],
    ["decimal", "2,5", 2.5],
    ["boolean", "false", false],
    ["date", "2026-03-29", "2026-03-29"],
    ["url", " https://example.com/x ", "https://example.com/x"],
    ["json", '{"a": [1]}', { a: [1] }],
  ])("reads a %s", (type, text, value) => {
    expect(parse(type, text)).toEqual({ value });
  });

  it.each<[FieldType, string]>([
    ["integer", "1.5"],
    ["integer", "99999999999999999999"],
    ["decimal", "many"],
    ["decimal", "Infinity"],
    ["url", "javascript:alert(1)"],
    ["url", "example.com"],
    ["json", "{"],
    ["json", "7"],
    ["date_time", "soon"],
  ])("says what is wrong with the %s %s", (type, text) => {
    expect(parse(type, text)).toHaveProperty("problem");
  });

  it("takes blank as no value, whatever the type", () => {
    for (const type of ["text", "integer", "boolean", "json", "date_time"] as const) {
      expect(parse(type, "  ")).toEqual({ value: null });
    }
  });

  it("a moment survives the way to its control and back", () => {
    const sent = "2026-03-29T10:15:00.000Z";
    expect(parse("date_time", toText("date_time", sent))).toEqual({ value: sent });
  });
});

describe("what is shown", () => {
  it("is typed", () => {
    expect(shownValue("boolean", false)).toBe("No");
    expect(shownValue("json", { a: 1 })).toBe('{\n  "a": 1\n}');
    expect(shownValue("date", "2026-03-29")).toContain("29");
    expect(shownValue("date_time", "nonsense")).toBe("nonsense");
  });

  it("follows the visibility of the field", () => {
    expect(isVisible({ ui_visibility: "hidden" }, "x")).toBe(false);
    expect(isVisible({ ui_visibility: "always" }, null)).toBe(true);
    expect(isVisible({ ui_visibility: "if_set" }, null)).toBe(false);
    expect(isVisible({ ui_visibility: "if_set" }, 0)).toBe(true);
  });
});
