const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The first character of a name as people see it, for the sign of a board or a person; a dot for what has no name. */
export function initial(name: string | null | undefined): string {
  const [first] = graphemes.segment(name?.trim() ?? "");
  return first?.segment.toUpperCase() ?? "·";
}
