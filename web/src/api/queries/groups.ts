import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, client, PAGE_LIMIT, readAll } from "../client";
import { keys, type MemoryKind } from "../keys";
import type { BoardGroup, GroupSnapshot } from "../types";
import { QUIET_MINUTES } from "./common";

/** Every board group that the user may see. */
export const groupsQuery = queryOptions({
  queryKey: keys.groups,
  queryFn: ({ signal }) =>
    readAll<BoardGroup>((query) => call(client.GET("/api/v1/board-groups", { signal, params: { query } }))),
  staleTime: QUIET_MINUTES,
});

/** The boards of a group with their counts and the first tasks of each. */
export const groupSnapshotQuery = (group: string, shown: { include_done: boolean; per_board_task_limit: number }) =>
  queryOptions({
    queryKey: keys.groupSnapshot(group, shown),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/board-groups/{group_id}/snapshot", {
          signal,
          params: { path: { group_id: group }, query: shown },
        }),
      ) as Promise<GroupSnapshot>,
    placeholderData: keepPreviousData,
    staleTime: QUIET_MINUTES,
  });

/** The newest entries of a group's chat or notes, newest first. */
export const groupMemoryQuery = (group: string, kind: MemoryKind) =>
  queryOptions({
    queryKey: keys.groupMemory(group, kind),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/board-groups/{group_id}/memory", {
          signal,
          params: { path: { group_id: group }, query: { is_chat: kind === "chat", limit: PAGE_LIMIT, offset: 0 } },
        }),
      ),
    staleTime: QUIET_MINUTES,
  });
