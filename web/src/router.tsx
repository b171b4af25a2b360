import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "./api/errors";
import { activityQuery, approvalsQuery, boardsQuery, sessionQuery, snapshotQuery, webhooksQuery } from "./api/queries";
import { parseActivitySearch } from "./features/activity/search";
import { parseApprovalsSearch } from "./features/approvals/search";
import { parseBoardSearch } from "./features/board/search";
import { BoardsPage } from "./features/boards/BoardsPage";
import { SignInPage } from "./features/session/SignInPage";
import { BareErrorPage, ErrorPage, NotFoundPage } from "./features/shell/ErrorPage";
import { Shell } from "./features/shell/Shell";
import { startLive } from "./live/connection";
import { firstConnection } from "./live/store";

// Data is read after the stream stands, so that no change falls in between; a slow stream holds a page up only so long.
const STREAM_WAIT_MS = 400;

const root = createRootRouteWithContext<{ cache: QueryClient }>()({
  component: Outlet,
  errorComponent: BareErrorPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { redirect?: string } =>
    typeof search.redirect === "string" ? { redirect: search.redirect } : {},
  component: SignInPage,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  async beforeLoad({ context, location }) {
    try {
      await context.cache.ensureQueryData(sessionQuery);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { redirect: location.href } });
      }
      throw error;
    }
    startLive(context.cache);
    await firstConnection(STREAM_WAIT_MS);
  },
  component: Shell,
  errorComponent: BareErrorPage,
});

const start = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad() {
    throw redirect({ to: "/boards", replace: true });
  },
});

const boards = createRoute({
  getParentRoute: () => shell,
  path: "/boards",
  validateSearch: (search: Record<string, unknown>): { create?: boolean } =>
    search.create === true ? { create: true } : {},
  loader: ({ context }) => void context.cache.prefetchQuery(boardsQuery),
  // Not lazy: it is where most visits begin.
  component: BoardsPage,
});

const board = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId",
  validateSearch: parseBoardSearch,
  loader: ({ context, params }) => void context.cache.prefetchQuery(snapshotQuery(params.boardId)),
  component: lazyRouteComponent(() => import("./features/board/BoardPage"), "BoardPage"),
});

const boardSettings = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/settings",
  component: lazyRouteComponent(() => import("./features/boards/BoardSettingsPage"), "BoardSettingsPage"),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/webhooks",
  validateSearch: (search: Record<string, unknown>): { create?: boolean } =>
    search.create === true ? { create: true } : {},
  loader: ({ context, params }) => void context.cache.prefetchQuery(webhooksQuery(params.boardId)),
  component: lazyRouteComponent(() => import("./features/webhooks/WebhooksPage"), "WebhooksPage"),
});

const webhook = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/webhooks/$webhookId",
  validateSearch: (search: Record<string, unknown>): { payload?: string } =>
    typeof search.payload === "string" ? { payload: search.payload } : {},
  component: lazyRouteComponent(() => import("./features/webhooks/WebhookPage"), "WebhookPage"),
});

// Addresses that older links use.
const boardEdit = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/edit",
  beforeLoad({ params }) {
    throw redirect({ to: "/boards/$boardId/settings", params, replace: true });
  },
});

const webhookPayloads = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/webhooks/$webhookId/payloads",
  beforeLoad({ params }) {
    throw redirect({ to: "/boards/$boardId/webhooks/$webhookId", params, replace: true });
  },
});

const activity = createRoute({
  getParentRoute: () => shell,
  path: "/activity",
  validateSearch: parseActivitySearch,
  loader: ({ context }) => void context.cache.prefetchInfiniteQuery(activityQuery),
  component: lazyRouteComponent(() => import("./features/activity/ActivityPage"), "ActivityPage"),
});

const agents = createRoute({
  getParentRoute: () => shell,
  path: "/agents",
  validateSearch: (search: Record<string, unknown>): { create?: boolean } =>
    search.create === true ? { create: true } : {},
  component: lazyRouteComponent(() => import("./features/agents/AgentsPage"), "AgentsPage"),
});

const gateways = createRoute({
  getParentRoute: () => shell,
  path: "/gateways",
  validateSearch: (search: Record<string, unknown>): { create?: boolean } =>
    search.create === true ? { create: true } : {},
  component: lazyRouteComponent(() => import("./features/gateways/GatewaysPage"), "GatewaysPage"),
});

const approvals = createRoute({
  getParentRoute: () => shell,
  path: "/approvals",
  validateSearch: parseApprovalsSearch,
  loaderDeps: ({ search }) => ({ view: search.state ?? ("pending" as const) }),
  loader: ({ context, deps }) => void context.cache.prefetchInfiniteQuery(approvalsQuery(deps.view)),
  component: lazyRouteComponent(() => import("./features/approvals/ApprovalsPage"), "ApprovalsPage"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("./features/settings/SettingsPage"), "SettingsPage"),
});

// Inside the shell, so that there is a way on from an address that leads nowhere.
const nowhere = createRoute({
  getParentRoute: () => shell,
  path: "$",
  component: NotFoundPage,
});

const routes = root.addChildren([
  signIn,
  shell.addChildren([
    start,
    boards,
    board,
    boardSettings,
    boardEdit,
    webhooks,
    webhook,
    webhookPayloads,
    agents,
    gateways,
    approvals,
    activity,
    settings,
    nowhere,
  ]),
]);

/** The pages of the console and what each reads before it is shown. */
export function createConsoleRouter(cache: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { cache },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: ErrorPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
