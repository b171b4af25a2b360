/**
 * A text that an address carries, as it was typed: blanks at its ends stay, so that a field which shows it can be typed
 * in. None when it is blank. What looks like a number comes as one, because the router reads values as JSON.
 */
export function searchText(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() ? value : undefined;
}

/** Those of the named texts that an address carries. */
export function searchTexts<Name extends string>(
  search: Record<string, unknown>,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const texts: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const text = searchText(search[name]);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}
