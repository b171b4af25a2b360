import { queryOptions } from "@tanstack/react-query";
import { call, client, type Page, readAll } from "../client";
import { keys } from "../keys";
import type { Gateway } from "../types";
import { QUIET_MINUTES } from "./common";

/** Every gateway of the organization, for administrators. */
export const gatewaysQuery = queryOptions({
  queryKey: keys.gateways,
  queryFn: ({ signal }) =>
    readAll((query) => call(client.GET("/api/v1/gateways", { signal, params: { query } }))) as Promise<Page<Gateway>>,
  staleTime: QUIET_MINUTES,
});
