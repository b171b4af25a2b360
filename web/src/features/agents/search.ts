import type { Agent } from "@/api/types";
import { parseSort } from "@/components/table/sort";
import { searchTexts } from "@/lib/searchText";

/** The states by which the fleet is filtered, with what counts as one. */
export const FLEET_STATES = {
  trouble: "In trouble",
  setup: "Being set up",
  working: "Working",
  online: "Online",
  idle: "Idle",
  offline: "Offline",
} as const;

export type FleetState = keyof typeof FLEET_STATES;

/** The columns by which the fleet can be sorted. */
export const FLEET_COLUMNS = ["name", "state", "board", "task", "seen", "calls"] as const;

/** What the address of the fleet says: filters and sorting. */
export interface FleetSearch {
  state?: FleetState;
  board?: string;
  gateway?: string;
  /** Part of a name or role. */
  q?: string;
  sort?: string;
}

/** Reads the address; what is unknown counts as left out. */
export function parseFleetSearch(search: Record<string, unknown>): FleetSearch {
  const { state, ...texts } = searchTexts(search, ["state", "board", "gateway", "q"]);
  const sort = parseSort(search.sort, FLEET_COLUMNS);
  return {
    ...(state && state in FLEET_STATES ? { state: state as FleetState } : {}),
    ...texts,
    ...(sort ? { sort } : {}),
  };
}

/** Which of the states an agent is in; trouble goes before everything. */
export function fleetState(agent: Agent): FleetState {
  if (["failed", "gave_up"].includes(agent.lifecycle_state)) return "trouble";
  if (agent.waits_for_gateway_since) return "trouble";
  if (["requested", "applying", "deleting"].includes(agent.lifecycle_state)) return "setup";
  if (agent.lifecycle_state === "awaiting_checkin" && agent.gateway_id) return "setup";
  if (agent.presence === "offline" || agent.presence === "never") return "offline";
  if (agent.current_task) return "working";
  return agent.presence === "idle" ? "idle" : "online";
}

/** The agents that the filters leave. */
export function filterFleet(agents: readonly Agent[], search: FleetSearch): Agent[] {
  const wanted = search.q?.trim().toLowerCase();
  return agents.filter((agent) => {
    if (search.state && fleetState(agent) !== search.state) return false;
    if (search.board && agent.board_id !== search.board) return false;
    if (search.gateway === "none" && agent.gateway_id) return false;
    if (search.gateway && search.gateway !== "none" && agent.gateway_id !== search.gateway) return false;
    if (!wanted) return true;
    const role = String(agent.identity_profile?.role ?? "");
    return `${agent.name} ${role}`.toLowerCase().includes(wanted);
  });
}
