import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { DoctorReport, Gateway, GatewayCreate, GatewayProbe, GatewayUpdate, SyncResult } from "@/api/types";
import { ifUnchanged } from "@/api/version";

function useRefresh() {
  const cache = useQueryClient();
  return () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: keys.gateways }),
      cache.invalidateQueries({ queryKey: keys.agents }),
    ]);
}

/** Climbs to a gateway that is not stored yet and says where it breaks. */
export function useExamine() {
  return useMutation({
    mutationFn: (body: GatewayProbe) => call(client.POST("/api/v1/gateways/doctor", { body })) as Promise<DoctorReport>,
  });
}

/** Climbs to a stored gateway. */
export function useExamineStored() {
  return useMutation({
    mutationFn: (gateway: string) =>
      call(
        client.POST("/api/v1/gateways/{gateway_id}/doctor", { params: { path: { gateway_id: gateway } } }),
      ) as Promise<DoctorReport>,
  });
}

/** Adds a gateway; without `check` also one that does not answer now. */
export function useCreateGateway() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ body, check }: { body: GatewayCreate; check: boolean }) =>
      call(client.POST("/api/v1/gateways", { params: { query: { check } }, body })) as Promise<Gateway>,
    onSettled: refresh,
  });
}

/** Changes a gateway that is still as it was read; without `check` also while it does not answer. */
export function useUpdateGateway() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ gateway, change, check }: { gateway: Gateway; change: GatewayUpdate; check: boolean }) =>
      call(
        client.PATCH("/api/v1/gateways/{gateway_id}", {
          params: { path: { gateway_id: gateway.id }, query: { check }, header: ifUnchanged(gateway) },
          body: change,
        }),
      ) as Promise<Gateway>,
    onSettled: refresh,
  });
}

/** Tries to connect at once, for example after the server was approved there. */
export function useReconnect() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (gateway: string) =>
      call(
        client.POST("/api/v1/gateways/{gateway_id}/reconnect", { params: { path: { gateway_id: gateway } } }),
      ) as Promise<Gateway>,
    onSettled: refresh,
  });
}

/** Deletes a gateway; its agents too, and its boards become plain ones. */
export function useDeleteGateway() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (gateway: string) =>
      call(
        client.DELETE("/api/v1/gateways/{gateway_id}", {
          params: { path: { gateway_id: gateway }, query: { force: true } },
        }),
      ),
    onSettled: refresh,
  });
}

/** How the agents of a gateway are brought in line. */
export interface SyncOptions {
  include_main: boolean;
  lead_only: boolean;
  reset_sessions: boolean;
  rotate_tokens: boolean;
  force_bootstrap: boolean;
  overwrite: boolean;
  board_id?: string;
  dry_run: boolean;
}

/** Brings the agents of a gateway in line, or tells what would be done. */
export function useSync(gateway: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (options: SyncOptions) =>
      call(
        client.POST("/api/v1/gateways/{gateway_id}/templates/sync", {
          params: { path: { gateway_id: gateway }, query: options },
        }),
      ) as Promise<SyncResult>,
    onSettled: refresh,
  });
}

/** Says something in a session of a gateway. */
export function useSay(gateway: string, session: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (content: string) =>
      call(
        client.POST("/api/v1/gateways/sessions/{session_id}/message", {
          params: { path: { session_id: session }, query: { gateway_id: gateway } },
          body: { content },
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.gatewaySession(gateway, session) }),
  });
}
