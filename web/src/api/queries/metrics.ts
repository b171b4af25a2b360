import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { keys } from "../keys";
import type { DashboardFilter, DashboardMetrics } from "../types";
import { QUIET_MINUTES } from "./common";

/** Figures over time of the boards that the user may read. Those of another range stay in sight until they are there. */
export const dashboardQuery = ({ range, board, group }: DashboardFilter) =>
  queryOptions({
    queryKey: keys.dashboard(range, board ?? "", group ?? ""),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/metrics/dashboard", {
          signal,
          params: {
            query: {
              range_key: range,
              include_fleet: true,
              ...(board ? { board_id: board } : {}),
              ...(group ? { group_id: group } : {}),
            },
          },
        }),
      ) as Promise<DashboardMetrics>,
    placeholderData: keepPreviousData,
    staleTime: QUIET_MINUTES,
  });

// More than are shown, because failures that repeat each other are shown as one.
const EVENTS_READ = 40;

/** The newest few events of one board or of all. */
export const newestEventsQuery = (board: string | undefined) =>
  queryOptions({
    queryKey: keys.newestEvents(board ?? ""),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/activity", {
          signal,
          params: { query: { limit: EVENTS_READ, offset: 0, ...(board ? { board_id: board } : {}) } },
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: QUIET_MINUTES,
  });
