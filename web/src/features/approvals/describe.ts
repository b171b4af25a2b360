import type { Approval } from "@/api/types";
import { formatPercent } from "@/lib/format";
import { isRecord, record, text } from "./payload";

/** Below this confidence an approval asks a second time. */
export const STEP_UP_BELOW = 50;

/** Why the decision is asked for: the agent's own words. */
export function reasonOf(approval: Approval): string | null {
  const payload = record(approval.payload);
  return text(payload.reason) ?? text(record(payload.decision).reason) ?? null;
}

/** What is asked for, in the words of the payload; nothing when it only names an action. */
export function titleOf(approval: Approval): string | null {
  const payload = record(approval.payload);
  return text(payload.title) ?? text(record(payload.task).title) ?? null;
}

/** `task.execute` as "Task execute", `publish_post` as "Publish post". */
export function label(name: string): string {
  const words = name.replaceAll(/[._-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How sure the agent is, in a word, by the policy that external or unsure steps need a person. */
export function toneOf(confidence: number): "ok" | "warn" | "danger" {
  if (confidence >= 80) return "ok";
  return confidence >= STEP_UP_BELOW ? "warn" : "danger";
}

/** The confidence as a whole number; what is no number counts as not sure at all. */
export function confidenceOf(approval: Approval): number {
  return Number.isFinite(approval.confidence) ? Math.round(approval.confidence) : 0;
}

/** The confidence in words: "71% confidence". */
export function confidenceText(approval: Approval): string {
  return `${formatPercent(confidenceOf(approval))} confidence`;
}

/** The one line that says what an approval is about. */
export function subjectOf(approval: Approval): string {
  const [first, ...rest] = approval.task_titles;
  if (first) return rest.length > 0 ? `${first} and ${rest.length} more` : first;
  return titleOf(approval) ?? reasonOf(approval)?.split("\n")[0] ?? "No task";
}

/** Whether an approval has a text in what a reader sees of it. */
export function matches(approval: Approval, wanted: string): boolean {
  const needle = wanted.trim().toLowerCase();
  if (!needle) return true;
  const texts = [
    label(approval.action_type),
    approval.action_type,
    ...approval.task_titles,
    titleOf(approval),
    reasonOf(approval),
    approval.agent_name,
    approval.decision_note,
    isRecord(approval.payload) ? JSON.stringify(approval.payload) : null,
  ];
  return texts.some((entry) => entry?.toLowerCase().includes(needle));
}
