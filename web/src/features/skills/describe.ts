import type { SkillInstallation } from "@/api/types";
import type { Tone } from "@/components/Badge";

// From harmless to not; what packs write is free, so everything else comes after these.
const RISKS: Record<string, Tone> = {
  safe: "ok",
  low: "ok",
  minimal: "ok",
  medium: "warn",
  moderate: "warn",
  elevated: "warn",
  high: "danger",
  critical: "danger",
};
const RISK_ORDER = Object.keys(RISKS);

/** The colour of a risk; unknown ones have none. */
export function riskTone(risk: string): Tone {
  return RISKS[risk.trim().toLowerCase()] ?? "neutral";
}

/** Puts risks from harmless to not. */
export function compareRisks(a: string, b: string): number {
  const place = (risk: string) => (RISK_ORDER.indexOf(risk) + 1 || RISK_ORDER.length + 1) as number;
  return place(a) - place(b) || a.localeCompare(b);
}

/** What is going on with a skill on a gateway, in words, and whether it is good. */
export const STATES: Record<string, { label: string; tone: Tone }> = {
  requested: { label: "Being installed", tone: "accent" },
  installed: { label: "Installed", tone: "ok" },
  failed: { label: "Not installed", tone: "danger" },
  removing: { label: "Being removed", tone: "accent" },
  removal_failed: { label: "Not removed", tone: "danger" },
};

/** The words for a state; those that this console does not know are shown as they are. */
export function stateOf(installation: SkillInstallation): { label: string; tone: Tone } {
  return STATES[installation.state] ?? { label: installation.state, tone: "neutral" };
}

/** `owner/repository` of an address on GitHub, else its host and path. */
export function sourceLabel(address: string): string {
  try {
    const url = new URL(address);
    const parts = url.pathname.split("/").filter(Boolean);
    return url.hostname === "github.com" && parts.length >= 2 ? `${parts[0]}/${parts[1]}` : url.hostname;
  } catch {
    return address;
  }
}
