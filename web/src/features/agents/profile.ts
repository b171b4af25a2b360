import type { Agent } from "@/api/types";

/** Who wakes an agent. */
export type Wake = "work" | "always" | "never";

/** The choices of who wakes an agent, with what each means. */
export const WAKE_OPTIONS: { value: Wake; label: string; note: string }[] = [
  { value: "work", label: "When there is work", note: "This server wakes it. An idle agent costs nothing." },
  { value: "always", label: "By the clock", note: "Its gateway wakes it every time, work or not." },
  { value: "never", label: "By messages only", note: "Nobody wakes it; words to it still do." },
];

/** What the form of an agent holds. */
export interface AgentForm {
  name: string;
  board: string | null;
  role: string;
  emoji: string | null;
  style: string;
  every: string;
  wake: Wake;
  lead: boolean;
  main: boolean;
  identity: string;
  soul: string;
  /** When tokens end, as the value of a date field; blank for never. */
  expires: string;
}

/** How long the time between two looks at an agent is, while nothing else was said. */
export const EVERY_DEFAULT = "10m";

/** What an agent's profile says under a name. */
function entry(agent: Agent, name: string): string {
  const value = agent.identity_profile?.[name];
  return typeof value === "string" ? value : "";
}

/** The form as an agent fills it. */
export function formOf(agent: Agent, dateOf: (time: string) => string): AgentForm {
  const config = agent.heartbeat_config ?? {};
  const wake = WAKE_OPTIONS.find((option) => option.value === (config.wake ?? agent.wake))?.value;
  return {
    name: agent.name,
    board: agent.board_id ?? null,
    role: entry(agent, "role"),
    emoji: entry(agent, "emoji") || null,
    style: entry(agent, "communication_style"),
    every: typeof config.every === "string" ? config.every : "",
    wake: wake ?? "work",
    lead: agent.is_board_lead,
    main: agent.is_gateway_main,
    identity: agent.identity_template ?? "",
    soul: agent.soul_template ?? "",
    expires: agent.token_expires_at ? dateOf(agent.token_expires_at) : "",
  };
}

/** A profile with some entries put in; blank ones go, those that the form does not know stay. */
export function profileWith(
  old: Record<string, unknown> | null | undefined,
  entries: Record<string, string | null>,
): Record<string, unknown> | null {
  const profile: Record<string, unknown> = { ...old };
  for (const [name, value] of Object.entries(entries)) {
    if (value?.trim()) profile[name] = value.trim();
    else delete profile[name];
  }
  return Object.keys(profile).length > 0 ? profile : null;
}

/** What of an agent is different in the form: only that is sent. */
export function changesOf(agent: Agent, before: AgentForm, form: AgentForm, timeOf: (date: string) => string | null) {
  const isProfileDifferent = form.role !== before.role || form.emoji !== before.emoji || form.style !== before.style;
  const isRhythmDifferent = form.every !== before.every || form.wake !== before.wake;
  return {
    ...(form.name.trim() !== before.name ? { name: form.name.trim() } : {}),
    ...(form.board !== before.board || form.main !== before.main ? { board_id: form.board } : {}),
    ...(form.main !== before.main ? { is_gateway_main: form.main } : {}),
    ...(form.lead !== before.lead ? { is_board_lead: form.lead } : {}),
    ...(isProfileDifferent
      ? {
          identity_profile: profileWith(agent.identity_profile, {
            role: form.role,
            emoji: form.emoji,
            communication_style: form.style,
          }),
        }
      : {}),
    ...(isRhythmDifferent ? { heartbeat_config: rhythm(agent, form) } : {}),
    ...(form.identity !== before.identity ? { identity_template: form.identity.trim() || null } : {}),
    ...(form.soul !== before.soul ? { soul_template: form.soul.trim() || null } : {}),
    ...(form.expires !== before.expires ? { token_expires_at: form.expires ? timeOf(form.expires) : null } : {}),
  };
}

function rhythm(agent: Agent, form: AgentForm): Record<string, unknown> {
  const config: Record<string, unknown> = { ...agent.heartbeat_config, wake: form.wake };
  if (form.every.trim()) config.every = form.every.trim();
  else delete config.every;
  return config;
}
