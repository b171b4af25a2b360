import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { ApprovalView } from "@/features/approvals/search";
import { call, client, PAGE_LIMIT, type Page, readAll } from "./client";
import { keys, type MemoryKind } from "./keys";
import type { ApprovalPage, BoardSnapshot, Gateway } from "./types";

// Data stays fresh until an event says otherwise (`live/apply.ts`); this is only the bound for what no event announces.
const QUIET_MINUTES = 5 * 60_000;

/** What the server says about itself before anybody signs in. */
export const configQuery = queryOptions({
  queryKey: keys.config,
  queryFn: ({ signal }) => call(client.GET("/api/v1/config", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is signed in; fails with 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  // The first read asks whether there is a session; a later one finds out that it has ended.
  queryFn: ({ signal, client: cache }) =>
    call(client.GET("/api/v1/auth/session", { signal }), {
      probesSession: cache.getQueryData(keys.session) === undefined,
    }),
  staleTime: QUIET_MINUTES,
  retry: false,
});

/** The signed-in user's sessions in every browser. */
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: ({ signal }) => readAll((query) => call(client.GET("/api/v1/auth/sessions", { signal, params: { query } }))),
  staleTime: 30_000,
});

/** The organizations of the signed-in user. */
export const organizationsQuery = queryOptions({
  queryKey: keys.organizations,
  queryFn: ({ signal }) => call(client.GET("/api/v1/organizations/me/list", { signal })),
  staleTime: QUIET_MINUTES,
});

/** Role and board rights of the signed-in user in the active organization. */
export const membershipQuery = queryOptions({
  queryKey: keys.membership,
  queryFn: ({ signal }) => call(client.GET("/api/v1/organizations/me/member", { signal })),
  staleTime: QUIET_MINUTES,
});

/** Every board that the user may read. */
export const boardsQuery = queryOptions({
  queryKey: keys.boards,
  queryFn: ({ signal }) => readAll((query) => call(client.GET("/api/v1/boards", { signal, params: { query } }))),
  staleTime: QUIET_MINUTES,
});

/** One board's settings. */
export const boardQuery = (board: string) =>
  queryOptions({
    queryKey: keys.boardDetail(board),
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/boards/{board_id}", { signal, params: { path: { board_id: board } } })),
    staleTime: QUIET_MINUTES,
  });

/** A board with all its tasks, agents and newest approvals. */
export const snapshotQuery = (board: string) =>
  queryOptions({
    queryKey: keys.snapshot(board),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/boards/{board_id}/snapshot", { signal, params: { path: { board_id: board } } }),
      ) as Promise<BoardSnapshot>,
    staleTime: QUIET_MINUTES,
  });

/** The comments of a task, oldest first. */
export const commentsQuery = (board: string, task: string) =>
  queryOptions({
    queryKey: keys.comments(board, task),
    queryFn: ({ signal }) =>
      readAll((query) =>
        call(
          client.GET("/api/v1/boards/{board_id}/tasks/{task_id}/comments", {
            signal,
            params: { path: { board_id: board, task_id: task }, query },
          }),
        ),
      ),
    staleTime: QUIET_MINUTES,
  });

/** The newest entries of a board's chat or notes, newest first. */
export const memoryQuery = (board: string, kind: MemoryKind) =>
  queryOptions({
    queryKey: keys.memory(board, kind),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/boards/{board_id}/memory", {
          signal,
          params: { path: { board_id: board }, query: { is_chat: kind === "chat", limit: PAGE_LIMIT, offset: 0 } },
        }),
      ),
    staleTime: QUIET_MINUTES,
  });

/** The webhooks of a board, newest first. */
export const webhooksQuery = (board: string) =>
  queryOptions({
    queryKey: keys.webhooks(board),
    queryFn: ({ signal }) =>
      readAll((query) =>
        call(
          client.GET("/api/v1/boards/{board_id}/webhooks", { signal, params: { path: { board_id: board }, query } }),
        ),
      ),
    staleTime: QUIET_MINUTES,
  });

/** Characters of each payload that the list shows; the whole one is read on its own. */
const PREVIEW_CHARS = 400;
const PAYLOADS_PER_PAGE = 30;

/** What a webhook has received, newest first, a page at a time. */
export const payloadsQuery = (board: string, webhook: string) =>
  infiniteQueryOptions({
    queryKey: keys.payloads(board, webhook),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/boards/{board_id}/webhooks/{webhook_id}/payloads", {
          signal,
          params: {
            path: { board_id: board, webhook_id: webhook },
            query: { limit: PAYLOADS_PER_PAGE, offset: pageParam, max_chars: PREVIEW_CHARS },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: nextOffset,
    staleTime: QUIET_MINUTES,
  });

/** One received payload in full. */
export const payloadQuery = (board: string, webhook: string, payload: string) =>
  queryOptions({
    queryKey: keys.payload(board, webhook, payload),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/boards/{board_id}/webhooks/{webhook_id}/payloads/{payload_id}", {
          signal,
          params: { path: { board_id: board, webhook_id: webhook, payload_id: payload } },
        }),
      ),
    staleTime: QUIET_MINUTES,
  });

/** Every agent of the organization, for administrators. */
export const agentsQuery = queryOptions({
  queryKey: keys.agents,
  queryFn: ({ signal }) => readAll((query) => call(client.GET("/api/v1/agents", { signal, params: { query } }))),
  staleTime: QUIET_MINUTES,
});

/** Every gateway of the organization, for administrators. */
export const gatewaysQuery = queryOptions({
  queryKey: keys.gateways,
  queryFn: ({ signal }) =>
    readAll((query) => call(client.GET("/api/v1/gateways", { signal, params: { query } }))) as Promise<Page<Gateway>>,
  staleTime: QUIET_MINUTES,
});

const APPROVALS_PER_PAGE = 50;

/** The approvals of all boards that the user may read, newest first, a page at a time. */
export const approvalsQuery = (view: ApprovalView) =>
  infiniteQueryOptions({
    queryKey: keys.approvalsIn(view),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/approvals", {
          signal,
          params: {
            query: {
              ...(view === "all" ? {} : { status: view }),
              limit: APPROVALS_PER_PAGE,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ) as Promise<ApprovalPage>,
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: QUIET_MINUTES,
  });

const EVENTS_PER_PAGE = 100;

/** What happened on all boards that the user may read, newest first, a page at a time. */
export const activityQuery = infiniteQueryOptions({
  queryKey: keys.activity,
  queryFn: ({ signal, pageParam }) =>
    call(client.GET("/api/v1/activity", { signal, params: { query: { limit: EVENTS_PER_PAGE, offset: pageParam } } })),
  initialPageParam: 0,
  getNextPageParam: nextOffset,
  staleTime: QUIET_MINUTES,
});

function nextOffset(page: { items: unknown[]; total: number; offset: number }): number | undefined {
  const next = page.offset + page.items.length;
  return page.items.length > 0 && next < page.total ? next : undefined;
}
