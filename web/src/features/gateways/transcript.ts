import type { SessionMessage, SessionRow } from "@/api/types";

/** One thing that was said or done in a session. */
export interface Entry {
  id: string;
  kind: "heard" | "said" | "thought" | "called" | "answered" | "marker";
  /** The words, or what a tool was given or gave back. */
  text: string;
  /** The tool, where there is one. */
  tool: string | null;
  failed: boolean;
  /** Milliseconds of the epoch, where the gateway says when. */
  at: number | null;
}

/** The entries of a session, oldest first. What a gateway gives in a form that nobody knows is shown as it is. */
export function entriesOf(history: readonly SessionMessage[]): Entry[] {
  return history.flatMap((message, index) => {
    const base = { id: `${index}`, tool: null, failed: false, at: timeOf(message) };
    const role = String(message.role ?? "");
    if (role === "toolResult") {
      return [
        {
          ...base,
          kind: "answered" as const,
          tool: textOf(message.toolName),
          failed: message.isError === true,
          text: plain(message.content),
        },
      ];
    }
    if (role === "user") return [{ ...base, kind: "heard" as const, text: plain(message.content) }];
    if (role === "assistant") return partsOf(message, base);
    return [{ ...base, kind: "marker" as const, text: plain(message.content) || role || "unknown" }];
  });
}

type Base = Pick<Entry, "id" | "tool" | "failed" | "at">;

function partsOf(message: SessionMessage, base: Base): Entry[] {
  if (!Array.isArray(message.content)) return [{ ...base, kind: "said", text: plain(message.content) }];
  const entries: Entry[] = message.content.filter(isRecord).map((part, index) => {
    const own = { ...base, id: `${base.id}.${index}` };
    if (part.type === "toolCall") {
      return { ...own, kind: "called" as const, tool: textOf(part.name), text: json(part.arguments) };
    }
    if (part.type === "thinking") return { ...own, kind: "thought" as const, text: String(part.thinking ?? "") };
    return { ...own, kind: "said" as const, text: String(part.text ?? json(part)) };
  });
  const shown = entries.filter((entry) => entry.text.trim() || entry.tool);
  const error = textOf(message.errorMessage);
  return error ? [...shown, { ...base, id: `${base.id}.error`, kind: "marker", failed: true, text: error }] : shown;
}

/** Words out of a text, or out of a list of parts. */
function plain(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === undefined || content === null ? "" : json(content);
  return content.map((part) => (isRecord(part) && typeof part.text === "string" ? part.text : json(part))).join("\n");
}

function timeOf(message: SessionMessage): number | null {
  const time = message.timestamp;
  if (typeof time === "number" && time > 0) return time;
  const parsed = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

function json(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a gateway says of a session, as far as it says it. */
export interface SessionFacts {
  label: string;
  model: string | null;
  /** How much of the window of the model is taken, in tokens. */
  used: number | null;
  window: number | null;
  running: boolean;
  /** Milliseconds of the epoch. */
  updatedAt: number | null;
}

/** Reads what a gateway says of a session; versions say different things. */
export function factsOf(row: SessionRow): SessionFacts {
  const number = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : null);
  return {
    label: textOf(row.label) ?? textOf(row.displayName) ?? row.key,
    model: [textOf(row.modelProvider), textOf(row.model)].filter(Boolean).join("/") || null,
    used: number(row.totalTokens),
    window: number(row.contextTokens),
    running: row.hasActiveRun === true || row.status === "running",
    updatedAt: number(row.updatedAt),
  };
}

/** The id under which a gateway knows the agent of a session, such as `lead-…` of `agent:lead-…:main`. */
export function agentKeyOf(session: string): string | null {
  const [head, key] = session.split(":");
  return head === "agent" && key ? key : null;
}
