import { createRoute } from "@tanstack/react-router";
import { activityQuery } from "@/api/queries/activity";
import { approvalsQuery } from "@/api/queries/approvals";
import { dashboardQuery } from "@/api/queries/metrics";
import { questionsQuery } from "@/api/queries/questions";
import { filterOf as activityFilterOf, parseActivitySearch } from "@/features/activity/search";
import { parseApprovalsSearch } from "@/features/approvals/search";
import { filterOf, parseDashboardSearch } from "@/features/dashboard/search";
import { parseQuestionsSearch } from "@/features/questions/search";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: "/dashboard",
  validateSearch: parseDashboardSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.cache.prefetchQuery(dashboardQuery(filterOf(deps))),
  component: lazyPage(() => import("@/features/dashboard/DashboardPage"), "DashboardPage"),
});

const approvals = createRoute({
  getParentRoute: () => shell,
  path: "/approvals",
  validateSearch: parseApprovalsSearch,
  loaderDeps: ({ search }) => ({ view: search.state ?? ("pending" as const), board: search.board }),
  loader: ({ context, deps }) => void context.cache.prefetchInfiniteQuery(approvalsQuery(deps.view, deps.board)),
  component: lazyPage(() => import("@/features/approvals/ApprovalsPage"), "ApprovalsPage"),
});

const questions = createRoute({
  getParentRoute: () => shell,
  path: "/questions",
  validateSearch: parseQuestionsSearch,
  loaderDeps: ({ search }) => ({ view: search.show ?? ("open" as const) }),
  loader: ({ context, deps }) => void context.cache.prefetchInfiniteQuery(questionsQuery(deps.view)),
  component: lazyPage(() => import("@/features/questions/QuestionsPage"), "QuestionsPage"),
});

const activity = createRoute({
  getParentRoute: () => shell,
  path: "/activity",
  validateSearch: parseActivitySearch,
  loaderDeps: ({ search }) => activityFilterOf(search),
  loader: ({ context, deps }) => void context.cache.prefetchInfiniteQuery(activityQuery(deps)),
  component: lazyPage(() => import("@/features/activity/ActivityPage"), "ActivityPage"),
});

/** What goes on over all boards. */
export const overviewRoutes = [dashboard, approvals, questions, activity] as const;
