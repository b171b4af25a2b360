import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Agent, AgentCreate } from "@/api/types";

/** Reads the lists of agents again, wherever they are shown. */
function useRefresh() {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: keys.agents });
}

/** Makes an agent. On a board without a gateway the answer has its token, this once. */
export function useCreateAgent() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: AgentCreate) => call(client.POST("/api/v1/agents", { body })) as Promise<Agent>,
    onSettled: refresh,
  });
}

/** Wakes an agent now. */
export function useWakeAgent() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (agent: string) =>
      call(
        client.POST("/api/v1/agents/{agent_id}/wake", {
          params: { path: { agent_id: agent } },
          body: { reason: "asked for in the console" },
        }),
      ),
    onSettled: refresh,
  });
}

/** Sets an agent up on its gateway once more. */
export function useReprovisionAgent() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (agent: string) =>
      call(client.POST("/api/v1/agents/{agent_id}/reprovision", { params: { path: { agent_id: agent } } })),
    onSettled: refresh,
  });
}

/** Gives an agent a new token, which the answer has, this once. */
export function useRenewToken() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (agent: string) =>
      call(client.POST("/api/v1/agents/{agent_id}/token", { params: { path: { agent_id: agent } } })) as Promise<Agent>,
    onSettled: refresh,
  });
}

/** Deletes an agent; with `force` also when its gateway is away. */
export function useDeleteAgent() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ agent, force }: { agent: string; force: boolean }) =>
      call(client.DELETE("/api/v1/agents/{agent_id}", { params: { path: { agent_id: agent }, query: { force } } })),
    onSettled: refresh,
  });
}
