/** A received value on one line. */
export function preview(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(/\s+/g, " ").slice(0, 200) || "(empty)";
}

/** A received value for reading: JSON with indents, texts as they are. */
export function pretty(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
