import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { call, client, readAll } from "../client";
import { keys } from "../keys";
import { settleOrganization } from "../organization";
import type { SignedIn } from "../types";
import { QUIET_MINUTES } from "./common";

/** What the server says about itself before anybody signs in. */
export const configQuery = queryOptions({
  queryKey: keys.config,
  queryFn: ({ signal }) => call(client.GET("/api/v1/config", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is signed in; fails with 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  // The first read asks whether there is a session; a later one finds out that it has ended.
  async queryFn({ signal, client: cache }) {
    const signedIn = await call(client.GET("/api/v1/auth/session", { signal }), {
      probesSession: cache.getQueryData(keys.session) === undefined,
    });
    rememberStanding(cache, signedIn);
    return signedIn;
  },
  staleTime: QUIET_MINUTES,
  retry: false,
});

/** Takes over what an answer to signing in says beside who it is, so that no page has to ask for it. */
export function rememberStanding(cache: QueryClient, { organizations, membership }: SignedIn): void {
  cache.setQueryData(keys.organizations, organizations);
  // The answer tells the rights in the organization that the question named; the tab may act in another by now.
  if (membership?.organization_id === settleOrganization(organizations)) {
    cache.setQueryData(keys.membership, membership);
  }
}

/** The signed-in user's sessions in every browser. */
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: ({ signal }) => readAll((query) => call(client.GET("/api/v1/auth/sessions", { signal, params: { query } }))),
  staleTime: 30_000,
});
