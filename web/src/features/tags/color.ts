/** The color of a tag that nobody has chosen one for; the server uses the same. */
export const DEFAULT_COLOR = "9e9e9e";

/** Colors that can be told apart in both themes. */
export const SWATCHES = [
  { value: "e5484d", name: "Red" },
  { value: "f76b15", name: "Orange" },
  { value: "e2a336", name: "Amber" },
  { value: "8db654", name: "Lime" },
  { value: "30a46c", name: "Green" },
  { value: "12a594", name: "Teal" },
  { value: "0090ff", name: "Blue" },
  { value: "5b5bd6", name: "Indigo" },
  { value: "8e4ec6", name: "Purple" },
  { value: "d6409f", name: "Pink" },
  { value: "ad7f58", name: "Brown" },
  { value: DEFAULT_COLOR, name: "Gray" },
] as const;

/** Six hexadecimal digits in lower case, with or without `#` before them; `null` when it is no color. */
export function readColor(text: string): string | null {
  const digits = text.trim().replace(/^#+/, "").toLowerCase();
  return /^[0-9a-f]{6}$/.test(digits) ? digits : null;
}

/** Relative luminance by WCAG 2, from 0 (black) to 1 (white). */
export function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white, whichever is easier to read on a color. The contrast is at least 4.5:1 on every color. */
export function inkOn(color: string): string {
  const light = luminance(color);
  return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}
