import type { Agent } from "@/api/types";
import type { Tone } from "@/components/Badge";
import { formatCount, formatDuration } from "@/lib/format";

/** What is known of an agent's state, in a word, a colour and a sentence. */
export interface AgentState {
  label: string;
  tone: Tone;
  /** What it means and what happens next; none when the word says it all. */
  text: string | null;
}

/** What a person should know first: being set up, in trouble, or simply there or not. */
export function stateOf(agent: Agent): AgentState {
  return lifecycleOf(agent) ?? presenceOf(agent);
}

/** How far its runtime is set up, where there is something to say of it; its presence is another matter. */
export function lifecycleOf(agent: Agent): AgentState | null {
  switch (agent.lifecycle_state) {
    case "requested":
      return agent.waits_for_gateway_since
        ? { label: "Gateway offline", tone: "warn", text: "It goes on by itself when the gateway is back." }
        : { label: "Being set up", tone: "accent", text: null };
    case "applying":
      return { label: "Being set up", tone: "accent", text: null };
    case "awaiting_checkin":
      if (!agent.gateway_id) return null;
      return { label: "Woken", tone: "accent", text: "It is set up and has not called yet." };
    case "failed":
      return {
        label: "Set-up failed",
        tone: "danger",
        text: agent.last_provision_error ?? "It is tried again by itself.",
      };
    case "gave_up":
      return {
        label: "Does not answer",
        tone: "danger",
        text: "It did not call after it was woken several times, and is woken again now and then.",
      };
    case "deleting":
      return { label: "Being deleted", tone: "neutral", text: null };
    default:
      return null;
  }
}

/** What its signs of life say, whether or not its runtime is in order. */
export function presenceOf(agent: Agent): AgentState {
  // A decision, which holds whether or not it calls.
  if (agent.status === "paused") {
    return {
      label: "Paused",
      tone: agent.presence === "online" ? "ok" : "neutral",
      text: agent.status_note ?? "It is not woken for work; messages still reach it.",
    };
  }
  switch (agent.presence) {
    case "online":
      return {
        label: ["busy", "idle", "degraded"].includes(agent.status) ? capital(agent.status) : "Online",
        tone: agent.status === "degraded" ? "warn" : "ok",
        text: agent.status_note ?? null,
      };
    case "idle":
      return { label: "Idle", tone: "neutral", text: "It has nothing to do, or is between two calls." };
    case "never":
      return { label: "Has not called yet", tone: "neutral", text: null };
    default:
      return { label: "Offline", tone: "warn", text: "It has not called for a long time." };
  }
}

/** What an agent is there for. */
export function kindOf(agent: Agent): string {
  if (agent.is_gateway_main) return "Main agent";
  return agent.is_board_lead ? "Lead" : "Worker";
}

/** The role that people gave it, if any. */
export function roleOf(agent: Agent): string | null {
  const role = agent.identity_profile?.role;
  return typeof role === "string" && role ? role : null;
}

/** Who wakes an agent, and how often. */
export function cadenceOf(agent: Agent): string {
  const every = agent.cadence_seconds ? formatDuration(agent.cadence_seconds) : null;
  switch (agent.wake) {
    case "work":
      return every ? `when there is work, at most every ${every}` : "when there is work";
    case "always":
      return every ? `by its gateway, every ${every}` : "by its gateway";
    case "never":
      return "by messages only";
    default:
      return every ? `calls by itself, every ${every}` : "calls by itself";
  }
}

/** How many calls of its model a day its settings mean; a dash for runtimes whose calls nobody knows. */
export function callsOf(agent: Agent): string {
  const calls = agent.estimated_model_calls_per_day;
  if (calls === null || calls === undefined) return "–";
  return calls === 0 ? "0" : `≈ ${formatCount(calls)}`;
}

/** What waits for an agent, in words; nothing when nothing does. */
export function workOf(agent: Agent): string[] {
  const work = agent.work;
  if (!work) return [];
  const parts: [number, string, string][] = [
    [work.assigned, "task of its own", "tasks of its own"],
    [work.rework, "of them came back", "of them came back"],
    [work.inbox, "task to hand out", "tasks to hand out"],
    [work.review, "task to review", "tasks to review"],
    [work.overdue, "overdue task", "overdue tasks"],
    [work.questions, "open question", "open questions"],
    [work.mentions, "mention", "mentions"],
    [work.chat, "chat message", "chat messages"],
    [work.comments, "comment", "comments"],
    [work.approvals, "decision", "decisions"],
    [work.webhooks, "webhook payload", "webhook payloads"],
  ];
  return parts.filter(([count]) => count > 0).map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
}

/** Why an agent cannot be woken; none when it can. */
export function wakeReason(agent: Agent): string | null {
  if (!agent.gateway_id) return "It lives on no gateway: its own program decides when it calls.";
  if (agent.lifecycle_state === "deleting") return "It is being deleted.";
  if (agent.waits_for_gateway_since) return "Its gateway is away.";
  return ["awaiting_checkin", "ready", "gave_up"].includes(agent.lifecycle_state)
    ? null
    : "It is not set up on its gateway yet.";
}

/** A program that lets an agent of any runtime check in, to try its token. */
export function checkInCommand(origin: string, token: string): string {
  return `curl -s -X POST ${origin}/api/v1/agent/heartbeat -H 'X-Agent-Token: ${token}'`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
