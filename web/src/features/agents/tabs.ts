/** The parts of an agent's page, in order. */
export const AGENT_TABS = ["overview", "work", "messages", "session", "files", "activity", "settings"] as const;

export type AgentTab = (typeof AGENT_TABS)[number];

export const TAB_LABEL: Record<AgentTab, string> = {
  overview: "Overview",
  work: "Work",
  messages: "Messages",
  session: "Session",
  files: "Files",
  activity: "Activity",
  settings: "Settings",
};

const STATES = ["queued", "sending", "delivered", "failed", "dead"] as const;

/** What the address of an agent's page says. */
export interface AgentSearch {
  tab?: AgentTab;
  /** Of the messages only those in this state. */
  state?: (typeof STATES)[number];
}

/** Reads the address; what is unknown counts as left out. */
export function parseAgentSearch(search: Record<string, unknown>): AgentSearch {
  const tab = AGENT_TABS.find((name) => name === search.tab && name !== "overview");
  const state = STATES.find((name) => name === search.state);
  return { ...(tab ? { tab } : {}), ...(state ? { state } : {}) };
}
