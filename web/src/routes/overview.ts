import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { activityQuery } from "@/api/queries/activity";
import { approvalsQuery } from "@/api/queries/approvals";
import { dashboardQuery } from "@/api/queries/metrics";
import { parseActivitySearch } from "@/features/activity/search";
import { parseApprovalsSearch } from "@/features/approvals/search";
import { filterOf, parseDashboardSearch } from "@/features/dashboard/search";
import { shell } from "./shell";

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: "/dashboard",
  validateSearch: parseDashboardSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.cache.prefetchQuery(dashboardQuery(filterOf(deps))),
  component: lazyRouteComponent(() => import("@/features/dashboard/DashboardPage"), "DashboardPage"),
});

const approvals = createRoute({
  getParentRoute: () => shell,
  path: "/approvals",
  validateSearch: parseApprovalsSearch,
  loaderDeps: ({ search }) => ({ view: search.state ?? ("pending" as const) }),
  loader: ({ context, deps }) => void context.cache.prefetchInfiniteQuery(approvalsQuery(deps.view)),
  component: lazyRouteComponent(() => import("@/features/approvals/ApprovalsPage"), "ApprovalsPage"),
});

const activity = createRoute({
  getParentRoute: () => shell,
  path: "/activity",
  validateSearch: parseActivitySearch,
  loader: ({ context }) => void context.cache.prefetchInfiniteQuery(activityQuery),
  component: lazyRouteComponent(() => import("@/features/activity/ActivityPage"), "ActivityPage"),
});

/** What goes on over all boards. */
export const overviewRoutes = [dashboard, approvals, activity] as const;
