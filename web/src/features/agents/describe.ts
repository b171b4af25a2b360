import type { Agent } from "@/api/types";
import type { Tone } from "@/components/Badge";

/** What is known of an agent's state, in a word, a colour and a sentence. */
export interface AgentState {
  label: string;
  tone: Tone;
  /** What it means and what happens next; none when the word says it all. */
  text: string | null;
}

/** What a person should know first: being set up, in trouble, or simply there or not. */
export function stateOf(agent: Agent): AgentState {
  switch (agent.lifecycle_state) {
    case "requested":
      return agent.waits_for_gateway_since
        ? { label: "Waits for its gateway", tone: "warn", text: "It goes on by itself when the gateway is back." }
        : { label: "Being set up", tone: "accent", text: null };
    case "applying":
      return { label: "Being set up", tone: "accent", text: null };
    case "awaiting_checkin":
      if (!agent.gateway_id) return presenceOf(agent);
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
      return presenceOf(agent);
  }
}

function presenceOf(agent: Agent): AgentState {
  switch (agent.presence) {
    case "online":
      return { label: agent.status === "online" ? "Online" : capital(agent.status), tone: "ok", text: note(agent) };
    case "idle":
      return { label: "Idle", tone: "neutral", text: "It has nothing to do, or is between two calls." };
    case "never":
      return { label: "Has not called yet", tone: "neutral", text: null };
    default:
      return { label: "Offline", tone: "warn", text: "It has not called for a long time." };
  }
}

function note(agent: Agent): string | null {
  return agent.status_note ?? null;
}

/** What an agent is there for. */
export function kindOf(agent: Agent): string {
  if (agent.is_gateway_main) return "Main agent";
  return agent.is_board_lead ? "Lead" : "Worker";
}

/** A program that lets an agent of any runtime check in, to try its token. */
export function checkInCommand(origin: string, token: string): string {
  return `curl -s -X POST ${origin}/api/v1/agent/heartbeat -H 'X-Agent-Token: ${token}'`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
