import type { AuditEntry } from "@/api/types";
import type { Tone } from "@/components/Badge";

/** What kinds of entries can be looked for together; `starts` is how the server names them. */
export const AUDIT_GROUPS = [
  { value: "signins", label: "Sign-ins and browsers", starts: ["auth.", "session."] },
  { value: "members", label: "Members and rights", starts: ["organization.member."] },
  { value: "invites", label: "Invites", starts: ["organization.invite."] },
  {
    value: "organization",
    label: "Organization",
    starts: ["organization.created", "organization.updated", "organization.deleted", "audit."],
  },
  { value: "approvals", label: "Approvals", starts: ["approval."] },
  { value: "boards", label: "Boards", starts: ["board.", "board_group."] },
  { value: "webhooks", label: "Webhooks", starts: ["webhook."] },
  { value: "agents", label: "Agents", starts: ["agent."] },
  { value: "gateways", label: "Gateways", starts: ["gateway."] },
  { value: "skills", label: "Skills", starts: ["skill.", "skill_pack."] },
] as const;

export type AuditGroup = (typeof AUDIT_GROUPS)[number]["value"];

/** Who did it, for people. */
export function actorOf(entry: AuditEntry): string {
  if (entry.actor_name) return entry.actor_name;
  switch (entry.actor_kind) {
    case "anonymous":
      return "Nobody known";
    case "system":
      return "The server";
    case "agent":
      return "An agent";
    default:
      return "A person";
  }
}

const TITLES: Record<string, string> = {
  "auth.signed_in": "Signed in",
  "auth.refused": "Sign-in refused",
  "session.revoked": "Browser session ended",
  "audit.exported": "Audit log exported",
  "organization.member.joined": "Member joined",
  "organization.member.role_changed": "Role changed",
  "organization.member.access_changed": "Access changed",
  "organization.member.removed": "Member removed",
  "organization.member.left": "Member left",
  "organization.invite.created": "Invited",
  "organization.invite.revoked": "Invite revoked",
  "organization.invite.accepted": "Invite accepted",
  "organization.invite.superseded": "Invite replaced",
  "agent.delete.direct": "Agent deleted",
  "agent.delete.requested": "Agent deletion asked for",
  "agent.soul.updated": "Agent’s soul changed",
};

/** The kind of an entry in a few words; kinds that this console does not know are spelled out. */
export function titleOf(kind: string): string {
  const known = TITLES[kind];
  if (known) return known;
  const words = kind.replace(/^organization\./, "organization ").replace(/[._]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How much a kind calls for a look. */
export function toneOf(kind: string): Tone {
  if (/refused|rejected/.test(kind)) return "danger";
  if (/delet|removed|revoked|left|token|paused/.test(kind)) return "warn";
  if (/approved|accepted|joined|created/.test(kind)) return "ok";
  return "neutral";
}

/** One value that the entry tells, before and after where both are known. */
export interface Detail {
  name: string;
  before?: string;
  after: string;
}

const FROM_TO = /\bfrom (\S+) to (\S+)$/;

/** What the entry tells besides its sentence, taken apart for reading. */
export function detailsOf(entry: AuditEntry): Detail[] {
  const outer = asRecord(entry.data);
  const inner = asRecord(outer.data);
  const facts = { ...pick(outer, ["board_id", "agent_id"]), ...inner };
  const changes = asRecord(inner.changes);
  const moved = entry.kind === "organization.member.role_changed" ? FROM_TO.exec(entry.message ?? "") : null;
  const details: Detail[] = [];
  for (const [name, value] of Object.entries(facts)) {
    if (value === null || value === undefined || name === "changes") continue;
    const before = name === "role" && moved ? moved[1] : undefined;
    details.push({ name: label(name), after: text(value), ...(before ? { before } : {}) });
  }
  for (const [name, value] of Object.entries(changes)) {
    const { before, after } = asRecord(value);
    const known = before !== undefined || after !== undefined;
    details.push({ name: label(name), after: text(known ? after : value), ...(known ? { before: text(before) } : {}) });
  }
  return details;
}

function label(name: string): string {
  const words = name.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function pick(from: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
