import { queryOptions } from "@tanstack/react-query";
import { call, client, type Page, readAll } from "../client";
import { keys } from "../keys";
import type { Agent, Gateway, SessionMessage, SessionRow } from "../types";
import { QUIET_MINUTES } from "./common";

/** No event tells what is said in a session of a gateway; while somebody follows one it is read this often. */
const FOLLOW_MS = 5_000;

/** Short breaks of a connection are no news, so that no event tells of their end. Until then it is asked this often. */
const SETTLING_MS = 3_000;

const settling = (gateway: Gateway) => gateway.connection.state === "connecting";

/** Every gateway of the organization, for administrators. */
export const gatewaysQuery = queryOptions({
  queryKey: keys.gateways,
  queryFn: ({ signal }) =>
    readAll((query) => call(client.GET("/api/v1/gateways", { signal, params: { query } }))) as Promise<Page<Gateway>>,
  staleTime: QUIET_MINUTES,
  refetchInterval: ({ state }) => (state.data?.items.some(settling) ? SETTLING_MS : false),
});

/** One gateway, for administrators. */
export const gatewayQuery = (gateway: string) =>
  queryOptions({
    queryKey: keys.gateway(gateway),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/gateways/{gateway_id}", { signal, params: { path: { gateway_id: gateway } } }),
      ) as Promise<Gateway>,
    staleTime: QUIET_MINUTES,
    refetchInterval: ({ state }) => (state.data && settling(state.data) ? SETTLING_MS : false),
  });

/** The agents on a gateway: those of its boards, and its main agent. */
export const gatewayAgentsQuery = (gateway: string) =>
  queryOptions({
    queryKey: keys.gatewayAgents(gateway),
    queryFn: ({ signal }) =>
      readAll((query) =>
        call(client.GET("/api/v1/agents", { signal, params: { query: { ...query, gateway_id: gateway } } })),
      ) as Promise<Page<Agent>>,
    staleTime: QUIET_MINUTES,
  });

/** The sessions on a gateway, as it lists them now. */
export const gatewaySessionsQuery = (gateway: string) =>
  queryOptions({
    queryKey: keys.gatewaySessions(gateway),
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/gateways/sessions", { signal, params: { query: { gateway_id: gateway } } })) as Promise<{
        sessions: SessionRow[];
      }>,
    // The gateway is asked anew whenever somebody comes to look.
    staleTime: 0,
    retry: false,
  });

/** What was said in a session, oldest first, and the session itself; read again and again while it is followed. */
export const sessionQueryOf = (gateway: string, session: string, follow: boolean) =>
  queryOptions({
    queryKey: keys.gatewaySession(gateway, session),
    async queryFn({ signal }) {
      const params = { path: { session_id: session }, query: { gateway_id: gateway } };
      const [row, said] = await Promise.all([
        // A session that nobody has spoken in yet is not listed.
        call(client.GET("/api/v1/gateways/sessions/{session_id}", { signal, params })).catch(() => null),
        call(client.GET("/api/v1/gateways/sessions/{session_id}/history", { signal, params })),
      ]);
      return {
        session: (row?.session ?? null) as SessionRow | null,
        history: said.history as SessionMessage[],
      };
    },
    staleTime: 0,
    retry: false,
    refetchInterval: follow ? FOLLOW_MS : false,
  });

/** The methods and events that a gateway names, after the usual ones. */
export const gatewayCommandsQuery = (gateway: string) =>
  queryOptions({
    queryKey: keys.gatewayCommands(gateway),
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/gateways/commands", { signal, params: { query: { gateway_id: gateway } } })),
    staleTime: QUIET_MINUTES,
  });
