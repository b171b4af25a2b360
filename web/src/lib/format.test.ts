import { expect, it } from "vitest";
import { niceScale } from "@/components/charts/scale";
import { toCsv, toJson } from "./download";
import { formatBytes, formatDuration } from "./format";

it.each([
  [45, "45s"],
  [720, "12m"],
  [3600, "1h"],
  [12_000, "3h 20m"],
  [86_400 * 2 + 3600 * 4, "2d 4h"],
])("%i seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_250_000, "1.3 MB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it("CSV quotes what needs it and keeps formulas from running", () => {
  const rows = [{ name: 'a "b", c', note: "=HYPERLINK(1)", size: -3 }];
  const columns = [
    { header: "Name", value: (row: (typeof rows)[0]) => row.name },
    { header: "Note", value: (row: (typeof rows)[0]) => row.note },
    { header: "Size", value: (row: (typeof rows)[0]) => row.size },
  ];
  expect(toCsv(rows, columns)).toBe('Name,Note,Size\r\n"a ""b"", c",\'=HYPERLINK(1),-3\r\n');
  expect(JSON.parse(toJson(rows, columns))).toEqual([{ Name: 'a "b", c', Note: "=HYPERLINK(1)", Size: -3 }]);
});

it.each([
  [0, [0, 0.25, 0.5, 0.75, 1]],
  [7, [0, 2, 4, 6, 8]],
  [93, [0, 25, 50, 75, 100]],
])("a scale up to %d has round marks", (largest, ticks) => {
  expect(niceScale(largest).ticks).toEqual(ticks);
});

it("a scale of whole numbers has whole marks", () => {
  expect(niceScale(1, 4, true).ticks).toEqual([0, 1]);
});
