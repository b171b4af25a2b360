import { infiniteQueryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { keys } from "../keys";
import { nextOffset, QUIET_MINUTES } from "./common";

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
