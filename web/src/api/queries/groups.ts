import { queryOptions } from "@tanstack/react-query";
import { call, client, readAll } from "../client";
import { keys } from "../keys";
import { QUIET_MINUTES } from "./common";

/** Every board group that the user may see. */
export const groupsQuery = queryOptions({
  queryKey: keys.groups,
  queryFn: ({ signal }) => readAll((query) => call(client.GET("/api/v1/board-groups", { signal, params: { query } }))),
  staleTime: QUIET_MINUTES,
});
