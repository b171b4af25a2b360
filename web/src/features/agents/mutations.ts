import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Agent, AgentCreate, AgentUpdate, RoleSouls } from "@/api/types";
import { ifUnchanged } from "@/api/version";

/** Reads what is shown of agents again. */
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

/** Changes an agent that is still as it was read; with `force` its gateway is brought up to date in any case. */
export function useUpdateAgent() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ agent, change, force }: { agent: Agent; change: AgentUpdate; force: boolean }) =>
      call(
        client.PATCH("/api/v1/agents/{agent_id}", {
          params: { path: { agent_id: agent.id }, query: { force }, header: ifUnchanged(agent) },
          body: change,
        }),
      ) as Promise<Agent>,
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

/** Pauses an agent, or lets it go on. A paused one is not woken for work; messages still reach it. */
export function usePauseAgent() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ agent, paused }: { agent: string; paused: boolean }) =>
      call(
        client.POST("/api/v1/agents/{agent_id}/heartbeat", {
          params: { path: { agent_id: agent } },
          body: { status: paused ? "paused" : "online" },
        }),
      ),
    onSettled: refresh,
  });
}

/** How an agent is set up once more; what is left out is as the server does it by itself. */
export interface SetUpOptions {
  reset_session?: boolean;
  wake?: boolean;
  rotate_token?: boolean;
  force_bootstrap?: boolean;
  overwrite?: boolean;
}

/** Sets an agent up on its gateway once more. */
export function useReprovisionAgent() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ agent, options = {} }: { agent: string; options?: SetUpOptions }) =>
      call(
        client.POST("/api/v1/agents/{agent_id}/reprovision", {
          params: { path: { agent_id: agent }, query: options },
        }),
      ),
    onSettled: refresh,
  });
}

/** Gives an agent a new token, which the answer has, this once; with `revoke` the present one ends now. */
export function useRenewToken() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ agent, revoke }: { agent: string; revoke: boolean }) =>
      call(
        client.POST("/api/v1/agents/{agent_id}/token", { params: { path: { agent_id: agent }, query: { revoke } } }),
      ) as Promise<Agent>,
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

/** Sends a message to an agent once more. */
export function useRetryMessage(agent: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (message: string) =>
      call(
        client.POST("/api/v1/agents/{agent_id}/messages/{message_id}/retry", {
          params: { path: { agent_id: agent, message_id: message } },
        }),
      ),
    onSettled: refresh,
  });
}

/** Has the text of the souls directory for the agent's role fetched. */
export function useRequestRoleSoul(agent: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () =>
      call(
        client.POST("/api/v1/agents/{agent_id}/role-soul", { params: { path: { agent_id: agent } }, body: {} }),
      ) as Promise<RoleSouls>,
    onSettled: refresh,
  });
}

/** Accepts the fetched text that was read. */
export function useAcceptRoleSoul(agent: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (sha256: string) =>
      call(
        client.POST("/api/v1/agents/{agent_id}/role-soul/accept", {
          params: { path: { agent_id: agent } },
          body: { sha256 },
        }),
      ) as Promise<RoleSouls>,
    onSettled: refresh,
  });
}

/** Gives the agent the server's own text again. */
export function useRemoveRoleSoul(agent: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () =>
      call(client.DELETE("/api/v1/agents/{agent_id}/role-soul", { params: { path: { agent_id: agent } } })),
    onSettled: refresh,
  });
}
