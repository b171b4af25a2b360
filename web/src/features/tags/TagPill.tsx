import { DEFAULT_COLOR, inkOn, readColor } from "./color";

/** A tag as it looks on tasks: its name on its color, in black or white so that it can always be read. */
export function TagPill({ name, color }: { name: string; color: string }) {
  const shown = readColor(color) ?? DEFAULT_COLOR;
  return (
    <span
      className="inline-flex h-5 max-w-full items-center rounded-full px-2 text-xs font-medium"
      style={{ backgroundColor: `#${shown}`, color: inkOn(shown) }}
    >
      <span className="truncate">{name}</span>
    </span>
  );
}
