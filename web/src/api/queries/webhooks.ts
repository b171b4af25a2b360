import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, client, readAll } from "../client";
import { keys } from "../keys";
import { nextOffset, QUIET_MINUTES } from "./common";

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
