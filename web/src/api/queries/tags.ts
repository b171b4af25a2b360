import { queryOptions } from "@tanstack/react-query";
import { call, client, readAll } from "../client";
import { keys } from "../keys";
import { QUIET_MINUTES } from "./common";

/** Every tag of the organization, with how many tasks carry it. */
export const tagsQuery = queryOptions({
  queryKey: keys.tags,
  queryFn: ({ signal }) => readAll((query) => call(client.GET("/api/v1/tags", { signal, params: { query } }))),
  staleTime: QUIET_MINUTES,
});
