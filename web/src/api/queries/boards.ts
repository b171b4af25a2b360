import { queryOptions } from "@tanstack/react-query";
import { call, client, PAGE_LIMIT, readAll } from "../client";
import { keys, type MemoryKind } from "../keys";
import type { BoardSnapshot } from "../types";
import { QUIET_MINUTES } from "./common";

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

/** Where a task stood and how long, the latest first. */
export const stayQuery = (board: string, task: string) =>
  queryOptions({
    queryKey: keys.stays(board, task),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/boards/{board_id}/tasks/{task_id}/history", {
          signal,
          params: { path: { board_id: board, task_id: task }, query: { limit: 50 } },
        }),
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
