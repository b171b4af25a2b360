import { describe, expect, it } from "vitest";
import { fieldProblems, keyOf, NEW_FIELD, toCreate, toUpdate } from "./form";

const form = { ...NEW_FIELD, label: "Ticket No.", boards: ["b1"] };

it("makes the key from the label", () => {
  expect(keyOf("Ticket No. 1")).toBe("ticket_no_1");
  expect(toCreate(form).field_key).toBe("ticket_no");
  expect(toCreate({ ...form, key: "tn" }).field_key).toBe("tn");
});

it("types the default, and sends a pattern only where one counts", () => {
  const created = toCreate({ ...form, type: "integer", fallback: "7", pattern: "x" });
  expect(created).toMatchObject({ default_value: 7, validation_regex: null });
});

describe("fieldProblems", () => {
  it.each([
    ["a label", { label: " " }, "label"],
    ["a key, when the label makes none", { label: "你好" }, "key"],
    ["a board", { boards: [] }, "boards"],
    ["a default of the type", { type: "integer", fallback: "x" }, "fallback"],
    ["a default that matches", { pattern: "\\d+", fallback: "x" }, "fallback"],
    ["a pattern that the server knows", { pattern: "(?=x)" }, "pattern"],
  ])("asks for %s", (_name, part, name) => {
    expect(Object.keys(fieldProblems({ ...form, ...part } as typeof form))).toEqual([name]);
  });

  it("is content otherwise", () => {
    expect(fieldProblems({ ...form, pattern: "[A-Z]+", fallback: "ABC" })).toEqual({});
    expect(fieldProblems({ ...form, pattern: "[A-Z]+" })).toEqual({});
  });
});

it("sends only what was changed", () => {
  expect(toUpdate({ required: true }, { ...form, required: true })).toEqual({ required: true });
  expect(toUpdate({ fallback: "" }, form)).toEqual({ default_value: null });
});

it("reads the default anew when the type changes, and drops a pattern that no longer counts", () => {
  const changed = { ...form, type: "integer", fallback: "7", pattern: "\\d" } as const;
  expect(toUpdate({ type: "integer" }, changed)).toEqual({
    field_type: "integer",
    default_value: 7,
    validation_regex: null,
  });
});
