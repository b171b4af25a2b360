import type { Approval } from "@/api/types";

/** One thing that would change. */
export interface FieldChange {
  field: string;
  before: string | null;
  after: string | null;
}

/** A JSON object, else nothing in it. */
export function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is not blank, trimmed. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() ? value.trim() : undefined;
}

/** A value as a reader sees it. */
export function shown(value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** The agent that is to get the work, when the request is about that. */
export function assigneeOf(approval: Approval): string | undefined {
  const payload = record(approval.payload);
  const assignment = record(payload.assignment);
  return (
    text(payload.assigned_agent_id) ??
    text(payload.assignedAgentId) ??
    text(assignment.agent_id) ??
    text(assignment.agentId)
  );
}

/** Points by criterion, from the request or, with older agents, from its payload. */
export function rubricOf(approval: Approval): [string, number][] {
  const analytics = record(record(approval.payload).analytics);
  const scores = approval.rubric_scores ?? record(analytics.rubric_scores);
  return Object.entries(scores).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
}

/**
 * What would be different afterwards. Agents say it as `before` and `after`, or as `changes`: a list of
 * `{field, before, after}`, or an object of such pairs by field; `from` and `to`, `old` and `new` mean the same.
 */
export function changesOf(approval: Approval): FieldChange[] {
  const payload = record(approval.payload);
  if (isRecord(payload.before) && isRecord(payload.after)) {
    const { before, after } = payload as { before: Record<string, unknown>; after: Record<string, unknown> };
    const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return fields
      .map((field) => ({ field, before: shown(before[field]), after: shown(after[field]) }))
      .filter((change) => change.before !== change.after);
  }
  if (text(payload.before) || text(payload.after)) {
    return [{ field: "content", before: shown(payload.before), after: shown(payload.after) }];
  }
  if (Array.isArray(payload.changes)) {
    return payload.changes.filter(isRecord).flatMap((change) => {
      const field = text(change.field) ?? text(change.name) ?? text(change.path);
      const pair = pairOf(change);
      return field && pair ? [{ field, ...pair }] : [];
    });
  }
  return Object.entries(record(payload.changes)).flatMap(([field, value]) => {
    const pair = isRecord(value) ? pairOf(value) : null;
    return pair ? [{ field, ...pair }] : [];
  });
}

function pairOf(change: Record<string, unknown>): { before: string | null; after: string | null } | null {
  for (const [before, after] of [
    ["before", "after"],
    ["from", "to"],
    ["old", "new"],
  ] as const) {
    if (before in change || after in change) return { before: shown(change[before]), after: shown(change[after]) };
  }
  return null;
}

/** A unified diff, when the payload carries one. */
export function diffOf(approval: Approval): string | undefined {
  const payload = record(approval.payload);
  return text(payload.diff) ?? text(payload.patch);
}

// These have places of their own on the page.
const TOLD_ELSEWHERE = new Set([
  "reason",
  "title",
  "task",
  "task_id",
  "taskId",
  "taskID",
  "task_ids",
  "taskIds",
  "taskIDs",
  "before",
  "after",
  "changes",
  "diff",
  "patch",
  "decision",
  "assigned_agent_id",
  "assignedAgentId",
  "assignment",
  "analytics",
  "linked_request",
  "linkedRequest",
]);

/** What else the payload says, as pairs of name and value. */
export function detailsOf(approval: Approval): [string, string][] {
  return Object.entries(record(approval.payload)).flatMap(([name, value]) => {
    const line = TOLD_ELSEWHERE.has(name) ? null : shown(value);
    return line === null ? [] : [[name, line] as [string, string]];
  });
}

/** A task that an approval is about, as far as the request itself names it. */
export interface LinkedTask {
  id: string;
  title: string | undefined;
}

/** The tasks that an approval is about: those the server knows, then those that only its payload names. */
export function tasksOf(approval: Approval): LinkedTask[] {
  const payload = record(approval.payload);
  const ids = new Set(approval.task_ids);
  const titles = new Map<string, string>();
  for (const [index, id] of approval.task_ids.entries()) {
    const title = approval.task_titles.length === approval.task_ids.length ? approval.task_titles[index] : undefined;
    if (title) titles.set(id, title);
  }
  for (const source of [payload, record(payload.linked_request), record(payload.linkedRequest)]) {
    for (const name of ["task_id", "taskId", "taskID", "task_ids", "taskIds", "taskIDs"]) {
      const values = Array.isArray(source[name]) ? source[name] : [source[name]];
      for (const id of values) if (text(id)) ids.add(id as string);
    }
    for (const task of Array.isArray(source.tasks) ? source.tasks.filter(isRecord) : []) {
      const [id, title] = [text(task.id) ?? text(task.task_id), text(task.title)];
      if (id && title && !titles.has(id)) titles.set(id, title);
    }
  }
  return [...ids].map((id) => ({ id, title: titles.get(id) }));
}
