import { queryOptions } from "@tanstack/react-query";
import { call, client, type Page, readAll } from "../client";
import { keys } from "../keys";
import type { Invite, Member } from "../types";
import { QUIET_MINUTES } from "./common";

/** The organizations of the signed-in user. */
export const organizationsQuery = queryOptions({
  queryKey: keys.organizations,
  queryFn: ({ signal }) => call(client.GET("/api/v1/organizations/me/list", { signal })),
  staleTime: QUIET_MINUTES,
});

/** The active organization. */
export const organizationQuery = queryOptions({
  queryKey: keys.organization,
  queryFn: ({ signal }) => call(client.GET("/api/v1/organizations/me", { signal })),
  staleTime: QUIET_MINUTES,
});

/** Role and board rights of the signed-in user in the active organization. */
export const membershipQuery = queryOptions({
  queryKey: keys.membership,
  queryFn: ({ signal }) => call(client.GET("/api/v1/organizations/me/member", { signal })),
  staleTime: QUIET_MINUTES,
});

/** Every member of the active organization; rights on single boards stand in `memberQuery` only. */
export const membersQuery = queryOptions({
  queryKey: keys.members,
  queryFn: ({ signal }) =>
    readAll((query) => call(client.GET("/api/v1/organizations/me/members", { signal, params: { query } }))) as Promise<
      Page<Member>
    >,
  staleTime: QUIET_MINUTES,
});

/** One member with the rights on single boards. */
export const memberQuery = (member: string) =>
  queryOptions({
    queryKey: keys.member(member),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/organizations/me/members/{member_id}", { signal, params: { path: { member_id: member } } }),
      ) as Promise<Member>,
    staleTime: QUIET_MINUTES,
  });

/** The invites that nobody has accepted, for administrators. */
export const invitesQuery = queryOptions({
  queryKey: keys.invites,
  queryFn: ({ signal }) =>
    readAll((query) => call(client.GET("/api/v1/organizations/me/invites", { signal, params: { query } }))) as Promise<
      Page<Invite>
    >,
  staleTime: QUIET_MINUTES,
});
