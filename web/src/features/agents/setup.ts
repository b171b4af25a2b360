import type { Agent } from "@/api/types";

/** One step on the way of an agent from wanted to working. */
export interface Step {
  name: string;
  /** When it was taken; none while it was not. */
  at: string | null;
  state: "done" | "active" | "failed" | "waiting";
  detail: string | null;
}

/** What an agent waits for, and the one thing that a person can do about it. */
export interface Waiting {
  text: string;
  action: "wake" | "set-up" | "gateway" | "token" | null;
}

/** The way of an agent, step by step. */
export function stepsOf(agent: Agent): Step[] {
  const asked: Step = { name: "Requested", at: agent.created_at, state: "done", detail: null };
  const seen = agent.last_seen_at ?? null;
  if (!agent.gateway_id) {
    return [
      asked,
      {
        name: "Heartbeat received",
        at: seen,
        state: seen ? "done" : "active",
        detail: seen ? null : "Its program sends the first heartbeat with its token.",
      },
    ];
  }
  return [asked, setUp(agent), woken(agent), called(agent)];
}

function setUp(agent: Agent): Step {
  const ended = agent.provisioning?.ended_at ?? null;
  const base = { name: "Set up on its gateway", at: ended };
  switch (agent.lifecycle_state) {
    case "requested":
      return {
        ...base,
        at: null,
        state: "active",
        detail: agent.waits_for_gateway_since ? "Waits until the gateway can be reached." : "Begins in a moment.",
      };
    case "applying":
      return { ...base, at: null, state: "active", detail: "Entry, configuration, files and session are being made." };
    case "failed":
      return { ...base, state: "failed", detail: agent.last_provision_error ?? null };
    default:
      return { ...base, state: "done", detail: null };
  }
}

function woken(agent: Agent): Step {
  const isSetUp = ["awaiting_checkin", "ready", "gave_up", "deleting"].includes(agent.lifecycle_state);
  return {
    name: "Woken",
    at: agent.last_wake_at ?? null,
    state: agent.last_wake_at ? "done" : isSetUp ? "active" : "waiting",
    detail: agent.last_wake_reason ?? null,
  };
}

function called(agent: Agent): Step {
  const base = { name: "Heartbeat received", at: agent.last_seen_at ?? null };
  if (agent.lifecycle_state === "gave_up") {
    return { ...base, state: "failed", detail: `It let ${agent.missed_checkins} deadlines pass.` };
  }
  if (agent.lifecycle_state === "awaiting_checkin") {
    const missed = agent.missed_checkins > 0 ? `It let ${agent.missed_checkins} deadlines pass.` : null;
    return { ...base, state: "active", detail: missed ?? "Expected before its deadline." };
  }
  return { ...base, state: agent.last_seen_at ? "done" : "waiting", detail: null };
}

/** What an agent waits for now; nothing when all is well. */
export function waitingOf(agent: Agent): Waiting | null {
  if (agent.lifecycle_state === "deleting") {
    return { text: "It is removed from its gateway; then it disappears here.", action: null };
  }
  if (!agent.gateway_id) {
    if (agent.last_seen_at) return null;
    return { text: "Its program has not called yet. Give it the token, or issue a new one.", action: "token" };
  }
  if (agent.waits_for_gateway_since) {
    return { text: "Its gateway cannot be reached. It goes on by itself when the gateway is back.", action: "gateway" };
  }
  switch (agent.lifecycle_state) {
    case "requested":
    case "applying":
      return { text: "It is being set up on its gateway. Nothing has to be done.", action: null };
    case "failed":
      return { text: "Its gateway could not be set up. When the reason is mended, set it up again.", action: "set-up" };
    case "gave_up":
      return {
        text: "It does not answer. Look at its session: does its model work? Then wake it, or set it up again.",
        action: "wake",
      };
    case "awaiting_checkin":
      return { text: "It was woken and has to call. That takes a turn of its model.", action: null };
    default:
      return agent.files?.behind
        ? {
            text: "Its files are not what the server would write now. Setting it up again writes them.",
            action: "set-up",
          }
        : null;
  }
}
