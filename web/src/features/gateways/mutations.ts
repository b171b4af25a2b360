import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { DoctorReport, Gateway, GatewayCreate, GatewayProbe } from "@/api/types";

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

/** Adds a gateway. */
export function useCreateGateway() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: GatewayCreate) => call(client.POST("/api/v1/gateways", { body })) as Promise<Gateway>,
    onSettled: refresh,
  });
}

/** Tries to connect at once, for example after the server was approved there. */
export function useReconnect() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (gateway: string) =>
      call(client.POST("/api/v1/gateways/{gateway_id}/reconnect", { params: { path: { gateway_id: gateway } } })),
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
