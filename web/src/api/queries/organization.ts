import { queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { keys } from "../keys";
import { QUIET_MINUTES } from "./common";

/** The organizations of the signed-in user. */
export const organizationsQuery = queryOptions({
  queryKey: keys.organizations,
  queryFn: ({ signal }) => call(client.GET("/api/v1/organizations/me/list", { signal })),
  staleTime: QUIET_MINUTES,
});

/** Role and board rights of the signed-in user in the active organization. */
export const membershipQuery = queryOptions({
  queryKey: keys.membership,
  queryFn: ({ signal }) => call(client.GET("/api/v1/organizations/me/member", { signal })),
  staleTime: QUIET_MINUTES,
});
