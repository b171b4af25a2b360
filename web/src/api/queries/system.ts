import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { ApiError } from "../errors";
import { keys } from "../keys";
import type { JobState } from "../types";
import { nextOffset } from "./common";

const JOBS_PER_PAGE = 50;
// No event says how the installation is; a look at the page reads it again.
const FRESH_MS = 10_000;
const retry = (failures: number, error: Error) => failures < 2 && !(error instanceof ApiError && error.status === 403);

/** The installation: version, checks, database, limits, what is stored, the demo. Refused to all but its administrators. */
export const systemQuery = queryOptions({
  queryKey: keys.system,
  queryFn: ({ signal }) => call(client.GET("/api/v1/system", { signal })),
  staleTime: FRESH_MS,
  retry,
});

/** How many background jobs there are, by kind and state. */
export const jobCountsQuery = queryOptions({
  queryKey: keys.jobCounts,
  queryFn: ({ signal }) => call(client.GET("/api/v1/system/jobs/counts", { signal })),
  staleTime: FRESH_MS,
  retry,
});

/** Background jobs in a state, newest first, a page at a time. */
export const jobsQuery = (state: JobState) =>
  infiniteQueryOptions({
    queryKey: keys.jobsIn(state),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/system/jobs", {
          signal,
          params: { query: { state, limit: JOBS_PER_PAGE, offset: pageParam } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: nextOffset,
    staleTime: FRESH_MS,
    retry,
  });

/** How backups stand, with the newest ones. */
export const backupsQuery = queryOptions({
  queryKey: keys.backups,
  queryFn: ({ signal }) => call(client.GET("/api/v1/system/backups", { signal })),
  staleTime: FRESH_MS,
  retry,
});
