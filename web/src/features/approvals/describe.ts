import type { Approval } from "@/api/types";

/** Why the decision is asked for: the agent's own words. */
export function reasonOf(approval: Approval): string | null {
  const payload = approval.payload;
  if (!isRecord(payload)) return null;
  const decision = isRecord(payload.decision) ? payload.decision : {};
  for (const value of [payload.reason, decision.reason]) {
    if (typeof value === "string" && value.trim()) return value.trim();
  }
  return null;
}

/** What else the payload holds, as lines of name and value; the reason and the ids of tasks stand elsewhere. */
export function detailsOf(approval: Approval): [string, string][] {
  if (!isRecord(approval.payload)) return [];
  const known = new Set(["reason", "task_id", "task_ids"]);
  return Object.entries(approval.payload)
    .filter(([name, value]) => !known.has(name) && value !== null && value !== "")
    .map(([name, value]) => [label(name), typeof value === "string" ? value : JSON.stringify(value, null, 2)]);
}

/** `task.execute` as "Task execute", `publish_post` as "Publish post". */
export function label(name: string): string {
  const words = name.replaceAll(/[._-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How sure the agent is, in a word, by the policy that external or unsure steps need a person. */
export function toneOf(confidence: number): "ok" | "warn" | "danger" {
  if (confidence >= 80) return "ok";
  return confidence >= 50 ? "warn" : "danger";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
