import { queryOptions } from "@tanstack/react-query";
import { call, client, readAll } from "../client";
import { keys } from "../keys";
import { QUIET_MINUTES } from "./common";

/** Every agent of the organization, for administrators. */
export const agentsQuery = queryOptions({
  queryKey: keys.agents,
  queryFn: ({ signal }) => readAll((query) => call(client.GET("/api/v1/agents", { signal, params: { query } }))),
  staleTime: QUIET_MINUTES,
});
