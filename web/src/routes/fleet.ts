import { createRoute, redirect } from "@tanstack/react-router";
import { parseFleetSearch } from "@/features/agents/search";
import { parseAgentSearch } from "@/features/agents/tabs";
import { parseGatewaySearch } from "@/features/gateways/tabs";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const agents = createRoute({
  getParentRoute: () => shell,
  path: "/agents",
  validateSearch: parseFleetSearch,
  beforeLoad({ location }) {
    // An address that older links use.
    if (new URLSearchParams(location.searchStr).get("create") === "true") {
      throw redirect({ to: "/agents/new", replace: true });
    }
  },
  component: lazyPage(() => import("@/features/agents/AgentsPage"), "AgentsPage"),
});

const newAgent = createRoute({
  getParentRoute: () => agents,
  path: "/new",
  component: lazyPage(() => import("@/features/agents/CreateAgentDialog"), "CreateAgentDialog"),
});

const agent = createRoute({
  getParentRoute: () => shell,
  path: "/agents/$agentId",
  validateSearch: parseAgentSearch,
  component: lazyPage(() => import("@/features/agents/AgentPage"), "AgentPage"),
});

const gateways = createRoute({
  getParentRoute: () => shell,
  path: "/gateways",
  validateSearch: (search: Record<string, unknown>): { sort?: string } =>
    typeof search.sort === "string" ? { sort: search.sort } : {},
  beforeLoad({ location }) {
    if (new URLSearchParams(location.searchStr).get("create") === "true") {
      throw redirect({ to: "/gateways/new", replace: true });
    }
  },
  component: lazyPage(() => import("@/features/gateways/GatewaysPage"), "GatewaysPage"),
});

const newGateway = createRoute({
  getParentRoute: () => gateways,
  path: "/new",
  component: lazyPage(() => import("@/features/gateways/AddGatewayDialog"), "AddGatewayDialog"),
});

const gateway = createRoute({
  getParentRoute: () => shell,
  path: "/gateways/$gatewayId",
  validateSearch: parseGatewaySearch,
  component: lazyPage(() => import("@/features/gateways/GatewayPage"), "GatewayPage"),
});

// Addresses that older links use.
const agentEdit = createRoute({
  getParentRoute: () => shell,
  path: "/agents/$agentId/edit",
  beforeLoad({ params }) {
    throw redirect({ to: "/agents/$agentId", params, search: { tab: "settings" }, replace: true });
  },
});

const gatewayEdit = createRoute({
  getParentRoute: () => shell,
  path: "/gateways/$gatewayId/edit",
  beforeLoad({ params }) {
    throw redirect({ to: "/gateways/$gatewayId", params, search: { tab: "settings" }, replace: true });
  },
});

/** Agents and the gateways they live on. */
export const fleetRoutes = [
  agents.addChildren([newAgent]),
  agent,
  agentEdit,
  gateways.addChildren([newGateway]),
  gateway,
  gatewayEdit,
] as const;
