import type { ActivityFilter } from "@/api/queries/activity";
import { searchTexts } from "@/lib/searchText";

/** The kinds of events that the activity page can be narrowed to, with the types that belong to each. */
export const ACTIVITY_KINDS = [
  { value: "tasks", label: "Tasks", types: "task.*" },
  { value: "comments", label: "Comments", types: "task.comment" },
  { value: "approvals", label: "Approvals", types: "approval.*" },
  { value: "questions", label: "Questions", types: "question.*,gateway.lead.ask_user.*" },
  { value: "webhooks", label: "Webhooks", types: "webhook.*" },
  { value: "boards", label: "Boards", types: "board.*,memory.*" },
  { value: "agents", label: "Agents", types: "agent.*,gateway.*" },
] as const;

export type ActivityKind = (typeof ACTIVITY_KINDS)[number]["value"];

/** Everything on the activity page that a link can carry. */
export interface ActivitySearch {
  kind?: ActivityKind;
  /** Only what went wrong. */
  failed?: true;
  /** A board's id. */
  board?: string;
  /** An agent's id. */
  agent?: string;
  q?: string;
  /** Only what happened before this time (ISO 8601). */
  before?: string;
  /** An event to show and highlight. */
  eventId?: string;
  /** When that event was, so that it is found however old it is. */
  at?: string;
}

/** Reads the address of the activity page; what it does not know is dropped. */
export function parseActivitySearch(search: Record<string, unknown>): ActivitySearch {
  const result: ActivitySearch = searchTexts(search, ["board", "agent", "q", "eventId"]);
  const kind = ACTIVITY_KINDS.find((entry) => entry.value === search.kind);
  if (kind) result.kind = kind.value;
  // Links of older consoles had the failures as a kind.
  if (search.failed === true || search.kind === "failures") result.failed = true;
  if (isTime(search.before)) result.before = search.before;
  // The reference server names the time of an event so.
  const at = search.at ?? search.createdAt;
  if (isTime(at)) result.at = at;
  return result;
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

// Times in answers have no zone, and the server takes events from before a moment, not from it on.
const JUST_AFTER_MS = 1_000;
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/** What the server is asked for. */
export function filterOf(search: ActivitySearch): ActivityFilter {
  const kind = ACTIVITY_KINDS.find((entry) => entry.value === search.kind);
  const before = search.before ?? (search.at ? justAfter(search.at) : undefined);
  return {
    ...(kind ? { event_type: kind.types } : {}),
    ...(search.failed ? { failed: true } : {}),
    ...(search.board ? { board_id: search.board } : {}),
    ...(search.agent ? { agent_id: search.agent } : {}),
    ...(search.q ? { q: search.q } : {}),
    ...(before ? { before } : {}),
  };
}

function justAfter(time: string): string {
  const moment = new Date(ZONE.test(time) ? time : `${time}Z`);
  return new Date(moment.getTime() + JUST_AFTER_MS).toISOString();
}

/** Whether the page shows less than everything, apart from the time. */
export function isFiltered(search: ActivitySearch): boolean {
  return Boolean(search.kind || search.failed || search.board || search.agent || search.q);
}

// Besides the types that end in `failed`, these say that something went wrong; the server thinks the same.
const FAILURES = new Set(["agent.offline", "agent.checkin.missed", "agent.gave_up"]);

/** Whether an event says that something went wrong. */
export function isFailure(eventType: string): boolean {
  return eventType.endsWith("failed") || FAILURES.has(eventType);
}
