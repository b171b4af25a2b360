import type { Interview, InterviewMessage } from "@/api/types";

/** A question of the agent with answers to choose from. */
export interface InterviewQuestion {
  text: string;
  options: { id: string; label: string }[];
}

/** One line of the interview as people read it. */
export interface Turn {
  key: string;
  who: "agent" | "person" | "request";
  text: string;
  at: string;
  delivery: string | null;
  error: string | null;
}

/** What the agent asks in a message; nothing when the message is no question. */
export function questionIn(content: string): InterviewQuestion | null {
  const value = parse(content);
  if (!isRecord(value) || typeof value.question !== "string" || !value.question.trim()) return null;
  const options = Array.isArray(value.options) ? value.options.map(optionOf) : [];
  return { text: value.question, options: options.filter((option) => option !== null) };
}

function optionOf(value: unknown, index: number): { id: string; label: string } | null {
  if (typeof value === "string" && value.trim()) return { id: String(index), label: value };
  if (!isRecord(value) || typeof value.label !== "string" || !value.label.trim()) return null;
  return { id: typeof value.id === "string" ? value.id : String(index), label: value.label };
}

/** JSON, plain or in a fenced block; agents send both. */
function parse(content: string): unknown {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(content);
  for (const text of [content, fenced?.[1]]) {
    if (!text) continue;
    try {
      return JSON.parse(text);
    } catch {
      // Not this one.
    }
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The interview as a conversation. The first message is the server's request to the agent, which nobody typed. */
export function turnsOf(interview: Interview): Turn[] {
  return interview.messages.map((message, index) => ({
    key: `${message.timestamp}-${index}`,
    who: message.role === "assistant" ? "agent" : index === 0 ? "request" : "person",
    text: message.role === "assistant" ? agentText(message) : message.content,
    at: message.timestamp,
    delivery: message.delivery_status ?? null,
    error: message.delivery_error ?? null,
  }));
}

function agentText(message: InterviewMessage): string {
  const question = questionIn(message.content);
  if (question) return question.text;
  const value = parse(message.content);
  if (isRecord(value) && value.status === "complete") return "That is all I need. Here is what I propose.";
  // What cannot be read is shown as it came, so that nobody waits for nothing.
  return message.content;
}

/** What the interview waits for. */
export type Stage =
  | { kind: "question"; question: InterviewQuestion }
  | { kind: "draft" }
  | { kind: "confirmed" }
  /** The agent owes the next step since `since`; `failed` when it could not be reached. */
  | { kind: "waiting"; since: string; failed: string | null }
  /** The agent said something that is neither a question nor a result. */
  | { kind: "unclear" };

/** Where an interview stands. */
export function stageOf(interview: Interview): Stage {
  if (interview.status === "confirmed") return { kind: "confirmed" };
  const last = interview.messages.at(-1);
  if (!last) return { kind: "waiting", since: interview.created_at, failed: null };
  if (last.role !== "assistant") {
    const failed = last.delivery_status === "failed" ? (last.delivery_error ?? "It could not be delivered.") : null;
    return { kind: "waiting", since: last.timestamp, failed };
  }
  const question = questionIn(last.content);
  if (question) return { kind: "question", question };
  return interview.draft_goal ? { kind: "draft" } : { kind: "unclear" };
}
