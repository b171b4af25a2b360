import type { InterviewConfirm, InterviewDraft } from "@/api/types";
import { fromDateField, toDateField } from "@/lib/time";

/** A draft as it stands in the fields. */
export interface DraftForm {
  boardType: string;
  objective: string;
  /** One measure a line, as `name: value`. */
  metrics: string;
  targetDate: string;
}

/** A draft for editing. */
export function toForm(draft: InterviewDraft): DraftForm {
  return {
    boardType: draft.board_type,
    objective: draft.objective ?? "",
    metrics: metricsText(draft.success_metrics),
    targetDate: toDateField(draft.target_date),
  };
}

/** Measures of success as lines. Values that are no plain text or number are JSON. */
export function metricsText(metrics: Record<string, unknown> | null | undefined): string {
  return Object.entries(metrics ?? {})
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}

/** Lines as measures of success; a line without a colon is a measure named `metric`. */
export function metricsOf(text: string): Record<string, unknown> {
  const metrics: Record<string, unknown> = {};
  for (const line of text.split("\n").map((entry) => entry.trim())) {
    if (!line) continue;
    const colon = line.indexOf(":");
    const wanted = colon > 0 ? line.slice(0, colon).trim() : "metric";
    let name = wanted;
    for (let number = 2; name in metrics; number += 1) name = `${wanted} ${number}`;
    metrics[name] = readValue(colon > 0 ? line.slice(colon + 1).trim() : line);
  }
  return metrics;
}

function readValue(text: string): unknown {
  if (!/^(?:-?\d|\{|\[|true$|false$|null$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What is wrong with a draft, by field; nothing when it can be accepted. */
export function problemsOf(form: DraftForm): Partial<Record<keyof DraftForm, string>> {
  const problems: Partial<Record<keyof DraftForm, string>> = {};
  if (!form.boardType.trim()) problems.boardType = "Say what kind of board it is.";
  if (form.boardType === "goal") {
    if (!form.objective.trim()) problems.objective = "A goal board needs an objective.";
    if (!form.metrics.trim()) problems.metrics = "A goal board needs a measure of success.";
  }
  return problems;
}

/** What is sent when the draft is accepted. A general board has no goal. */
export function toConfirm(form: DraftForm): InterviewConfirm {
  const goal = form.boardType !== "general";
  return {
    board_type: form.boardType,
    objective: goal ? form.objective.trim() || null : null,
    success_metrics: goal && form.metrics.trim() ? metricsOf(form.metrics) : null,
    target_date: goal ? fromDateField(form.targetDate) : null,
  };
}
