import { parseSort } from "@/components/table/sort";

/** The parts of a gateway's page, in order. */
export const GATEWAY_TABS = ["connection", "agents", "sessions", "commands", "sync", "settings"] as const;

export type GatewayTab = (typeof GATEWAY_TABS)[number];

export const GATEWAY_TAB_LABEL: Record<GatewayTab, string> = {
  connection: "Connection",
  agents: "Agents",
  sessions: "Sessions",
  commands: "Commands",
  sync: "Sync",
  settings: "Settings",
};

const SORTS = ["name", "state", "board", "task", "seen", "calls", "label", "used", "updated"];

/** What the address of a gateway's page says. */
export interface GatewaySearch {
  tab?: GatewayTab;
  /** The key of the session that is shown. */
  session?: string;
  sort?: string;
}

/** Reads the address; what is unknown counts as left out. */
export function parseGatewaySearch(search: Record<string, unknown>): GatewaySearch {
  const tab = GATEWAY_TABS.find((name) => name === search.tab && name !== "connection");
  const sort = parseSort(search.sort, SORTS);
  const session = typeof search.session === "string" && search.session ? search.session : undefined;
  return { ...(tab ? { tab } : {}), ...(session ? { session } : {}), ...(sort ? { sort } : {}) };
}
