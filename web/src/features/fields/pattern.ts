/** What a pattern says to a sample, as far as this browser can tell; the server has the last word. */
export type Trial =
  | { kind: "matches" }
  | { kind: "differs" }
  /** The pattern cannot be used, or cannot be tried here; `text` says why. */
  | { kind: "invalid" | "untried"; text: string };

const LOOK_AROUND = /\(\?<?[=!]/;
const BACK_REFERENCE = /(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)/;

/** Lays a pattern on a whole sample, as the server does. */
export function tryPattern(pattern: string, sample: string): Trial {
  const trimmed = pattern.trim();
  if (LOOK_AROUND.test(trimmed)) return { kind: "invalid", text: "Look-around such as (?=…) does not exist here." };
  if (BACK_REFERENCE.test(trimmed)) return { kind: "invalid", text: "Back-references such as \\1 do not exist here." };
  const flags = /^\(\?([ims]+)\)/.exec(trimmed);
  const body = trimmed
    .slice(flags?.[0].length ?? 0)
    .replace(/\\A/g, "^")
    .replace(/\\[zZ]/g, "$");
  try {
    const compiled = new RegExp(`^(?:${body})$`, `u${[...new Set(flags?.[1])].join("")}`);
    return { kind: compiled.test(sample) ? "matches" : "differs" };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(": ").at(-1) : "";
    return { kind: "untried", text: `This browser cannot try it (${reason}). The server checks it on saving.` };
  }
}
