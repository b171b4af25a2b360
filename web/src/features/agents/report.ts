import type { Tone } from "@/components/Badge";

const STATES: Record<string, { label: string; tone: Tone }> = {
  done: { label: "Written", tone: "ok" },
  unchanged: { label: "Up to date", tone: "ok" },
  kept: { label: "The agent's own", tone: "neutral" },
  conflict: { label: "Changed by the agent", tone: "warn" },
  unsupported: { label: "Not on this gateway", tone: "neutral" },
  failed: { label: "Failed", tone: "danger" },
};

/** How a step or a file went, in words. */
export function reportState(state: string): { label: string; tone: Tone } {
  return STATES[state] ?? { label: state, tone: "neutral" };
}

/** The name of a step of a run, spelled out. */
export function stepLabel(name: string): string {
  const words = name.replaceAll(/[._-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const FILES: Record<string, string> = {
  "AGENTS.md": "Rules, duties, the board and what messages mean",
  "HEARTBEAT.md": "What to do each time it wakes",
  "TOOLS.md": "Address, token and a script for the calls",
  "IDENTITY.md": "Name, role and style, from its profile",
  "SOUL.md": "Its character",
  "USER.md": "The person it works for; its own once it is there",
  "MEMORY.md": "What it remembers; its own once it is there",
  "BOOTSTRAP.md": "The first start, which it deletes afterwards",
};

/** What a file of an agent says. */
export function fileAbout(name: string): string | null {
  return FILES[name] ?? null;
}

/** What the state of a file means for who may write in it. */
export function fileMeaning(state: string): string {
  switch (state) {
    case "kept":
      return "It is the agent's: the server leaves it as it is.";
    case "conflict":
      return "The agent has changed the server's part. Only the token in it is kept right.";
    case "unsupported":
      return "Gateways of this version have no such file; its words stand in AGENTS.md.";
    case "failed":
      return "It could not be written.";
    default:
      return "The server keeps its part; what the agent writes outside of the marks stays.";
  }
}
