import { createRoute, redirect } from "@tanstack/react-router";
import { boardsQuery, snapshotQuery } from "@/api/queries/boards";
import { webhooksQuery } from "@/api/queries/webhooks";
import { parseBoardSearch } from "@/features/board/search";
import { BoardsPage } from "@/features/boards/BoardsPage";
import { parseBoardsSearch } from "@/features/boards/search";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const boards = createRoute({
  getParentRoute: () => shell,
  path: "/boards",
  validateSearch: parseBoardsSearch,
  loader: ({ context }) => void context.cache.prefetchQuery(boardsQuery),
  // Not lazy: it is where most visits begin.
  component: BoardsPage,
});

const board = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId",
  validateSearch: parseBoardSearch,
  loader: ({ context, params }) => void context.cache.prefetchQuery(snapshotQuery(params.boardId)),
  component: lazyPage(() => import("@/features/board/BoardPage"), "BoardPage"),
});

const boardSettings = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/settings",
  component: lazyPage(() => import("@/features/boards/BoardSettingsPage"), "BoardSettingsPage"),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/webhooks",
  validateSearch: (search: Record<string, unknown>): { create?: boolean } =>
    search.create === true ? { create: true } : {},
  loader: ({ context, params }) => void context.cache.prefetchQuery(webhooksQuery(params.boardId)),
  component: lazyPage(() => import("@/features/webhooks/WebhooksPage"), "WebhooksPage"),
});

const webhook = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/webhooks/$webhookId",
  validateSearch: (search: Record<string, unknown>): { payload?: string } =>
    typeof search.payload === "string" ? { payload: search.payload } : {},
  component: lazyPage(() => import("@/features/webhooks/WebhookPage"), "WebhookPage"),
});

// Addresses that older links use.
const boardNew = createRoute({
  getParentRoute: () => shell,
  path: "/boards/new",
  beforeLoad() {
    throw redirect({ to: "/boards", search: { create: true }, replace: true });
  },
});

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

// Where messages to agents and older links lead.
const boardApprovals = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/approvals",
  beforeLoad({ params }) {
    throw redirect({ to: "/approvals", search: { board: params.boardId }, replace: true });
  },
});

/** Boards and what belongs to one. */
export const boardsRoutes = [
  boards,
  board,
  boardSettings,
  webhooks,
  webhook,
  boardNew,
  boardEdit,
  webhookPayloads,
  boardApprovals,
] as const;
