import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shell } from "./shell";

const agents = createRoute({
  getParentRoute: () => shell,
  path: "/agents",
  validateSearch: (search: Record<string, unknown>): { create?: boolean } =>
    search.create === true ? { create: true } : {},
  component: lazyRouteComponent(() => import("@/features/agents/AgentsPage"), "AgentsPage"),
});

const gateways = createRoute({
  getParentRoute: () => shell,
  path: "/gateways",
  validateSearch: (search: Record<string, unknown>): { create?: boolean } =>
    search.create === true ? { create: true } : {},
  component: lazyRouteComponent(() => import("@/features/gateways/GatewaysPage"), "GatewaysPage"),
});

/** Agents and the gateways they live on. */
export const fleetRoutes = [agents, gateways] as const;
