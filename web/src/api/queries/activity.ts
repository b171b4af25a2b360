import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { keys } from "../keys";
import type { Activity, ActivityPage } from "../types";
import { QUIET_MINUTES } from "./common";

/** What the server narrows the activity to. */
export interface ActivityFilter {
  board_id?: string;
  agent_id?: string;
  /** Types separated by commas; `task.*` means all that begin so. */
  event_type?: string;
  failed?: boolean;
  q?: string;
  /** Only what happened before this time. */
  before?: string;
}

/** Events of one page of the feed. */
export const EVENTS_PER_PAGE = 100;
// More than are shown, because those that repeat each other are shown as one.
const FAILURES_READ = 50;

/** A page of what a filter means, newest first. */
export function readActivity(filter: ActivityFilter, page: { limit: number; cursor?: string }, signal?: AbortSignal) {
  const query = { ...filter, ...page };
  return call(client.GET("/api/v1/activity", { signal, params: { query } })) as Promise<ActivityPage>;
}

/** What happened on all boards that the user may read, newest first, a page at a time. */
export const activityQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: keys.activityOf(filter),
    queryFn: ({ signal, pageParam }) =>
      readActivity(filter, { limit: EVENTS_PER_PAGE, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: QUIET_MINUTES,
  });

/** The newest things that went wrong, over everything. */
export const failuresQuery = queryOptions({
  queryKey: keys.failures,
  queryFn: ({ signal }) => readActivity({ failed: true }, { limit: FAILURES_READ }, signal),
  staleTime: QUIET_MINUTES,
});

/** Reads all that a filter means, newest first, at most `max` events; for exports. */
export async function readAllActivity(filter: ActivityFilter, max: number): Promise<Activity[]> {
  const events: Activity[] = [];
  let cursor = "";
  do {
    const page = await readActivity(filter, { limit: 200, ...(cursor ? { cursor } : {}) });
    events.push(...page.items);
    cursor = page.next_cursor ?? "";
  } while (cursor && events.length < max);
  return events.slice(0, max);
}
