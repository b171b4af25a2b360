import { searchText } from "@/lib/searchText";
import { AUDIT_GROUPS, type AuditGroup } from "./describe";

/** How far back one looks. */
export const RANGES = [
  { value: "day", label: "Last 24 hours", hours: 24 },
  { value: "week", label: "Last 7 days", hours: 7 * 24 },
  { value: "month", label: "Last 30 days", hours: 30 * 24 },
] as const;

export type AuditRange = (typeof RANGES)[number]["value"];

/** What the address of the audit log says. */
export interface AuditSearch {
  subject?: AuditGroup;
  /** The person or agent who did it. */
  actor?: string;
  /** The thing that it was done to. */
  target?: string;
  /** Part of the sentence or of a name. */
  q?: string;
  period?: AuditRange;
  /** The entry whose details are open. */
  entry?: string;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const id = (value: unknown) => (typeof value === "string" && ID.test(value) ? value : undefined);

/** Reads the address; what makes no sense is left out. */
export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {
    subject: AUDIT_GROUPS.find(({ value }) => value === search.subject)?.value,
    actor: id(search.actor),
    target: id(search.target),
    q: searchText(search.q)?.slice(0, 200),
    period: RANGES.find(({ value }) => value === search.period)?.value,
    entry: id(search.entry),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** What the server is asked for. Ranges begin at a full hour, so that the same page is asked for the same thing. */
export function auditFilter(search: AuditSearch, now: Date) {
  const range = RANGES.find(({ value }) => value === search.period);
  const hour = 3_600_000;
  const since = range && new Date((Math.floor(now.getTime() / hour) - range.hours) * hour).toISOString();
  const starts = AUDIT_GROUPS.find(({ value }) => value === search.subject)?.starts;
  return {
    ...(starts ? { kind: starts.join(",") } : {}),
    ...(search.actor ? { actor_id: search.actor } : {}),
    ...(search.target ? { target_id: search.target } : {}),
    ...(search.q ? { q: search.q } : {}),
    ...(since ? { since } : {}),
  };
}

export type AuditFilter = ReturnType<typeof auditFilter>;
