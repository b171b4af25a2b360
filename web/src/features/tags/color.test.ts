import { expect, it } from "vitest";
import { inkOn, luminance, readColor, SWATCHES } from "./color";

it.each([
  ["#FF8800", "ff8800"],
  [" ff8800 ", "ff8800"],
  ["ff880", null],
  ["red", null],
])("reads %s", (text, expected) => {
  expect(readColor(text)).toBe(expected);
});

it("writes on every color so that it can be read", () => {
  const gray = Array.from({ length: 256 }, (_, level) => level.toString(16).padStart(2, "0").repeat(3));
  for (const color of [...SWATCHES.map((swatch) => swatch.value), ...gray]) {
    const ink = luminance(inkOn(color).slice(1));
    const [dark, light] = [ink, luminance(color)].sort((a, b) => a - b) as [number, number];
    expect((light + 0.05) / (dark + 0.05), color).toBeGreaterThanOrEqual(4.5);
  }
});
