import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, client, type Page, readAll } from "../client";
import { keys } from "../keys";
import type { Activity, Agent, AgentMessage, Approval, RoleSouls, Task } from "../types";
import { nextOffset, QUIET_MINUTES } from "./common";

const ROWS_PER_PAGE = 50;

/** Every agent of the organization, for administrators. */
export const agentsQuery = queryOptions({
  queryKey: keys.agents,
  queryFn: ({ signal }) =>
    readAll((query) => call(client.GET("/api/v1/agents", { signal, params: { query } }))) as Promise<Page<Agent>>,
  staleTime: QUIET_MINUTES,
});

/** One agent, for administrators. */
export const agentQuery = (agent: string) =>
  queryOptions({
    queryKey: keys.agent(agent),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/agents/{agent_id}", { signal, params: { path: { agent_id: agent } } }),
      ) as Promise<Agent>,
    staleTime: QUIET_MINUTES,
  });

/** What all agents of the organization cost when nobody writes to them. */
export const agentCostQuery = queryOptions({
  queryKey: keys.agentCost,
  queryFn: ({ signal }) => call(client.GET("/api/v1/agents/cost", { signal })),
  staleTime: QUIET_MINUTES,
});

/** What an agent was told, newest first, a page at a time. */
export const agentMessagesQuery = (agent: string, state: AgentMessage["state"] | null) =>
  infiniteQueryOptions({
    queryKey: keys.agentMessages(agent, state),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/agents/{agent_id}/messages", {
          signal,
          params: {
            path: { agent_id: agent },
            query: { limit: ROWS_PER_PAGE, offset: pageParam, ...(state ? { state } : {}) },
          },
        }),
      ) as Promise<Page<AgentMessage> & { offset: number }>,
    initialPageParam: 0,
    getNextPageParam: nextOffset,
    staleTime: QUIET_MINUTES,
  });

/** What an agent did and what concerned it, newest first, a page at a time. */
export const agentActivityQuery = (agent: string) =>
  infiniteQueryOptions({
    queryKey: keys.agentActivity(agent),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/activity", {
          signal,
          params: { query: { agent_id: agent, limit: ROWS_PER_PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ) as Promise<{ items: Activity[]; total: number; next_cursor?: string | null }>,
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: QUIET_MINUTES,
  });

/** The tasks that an agent has on its board. */
export const agentTasksQuery = (board: string, agent: string) =>
  queryOptions({
    queryKey: keys.agentTasks(board, agent),
    queryFn: ({ signal }) =>
      readAll((query) =>
        call(
          client.GET("/api/v1/boards/{board_id}/tasks", {
            signal,
            params: { path: { board_id: board }, query: { ...query, assigned_agent_id: agent } },
          }),
        ),
      ) as unknown as Promise<Page<Task>>,
    staleTime: QUIET_MINUTES,
  });

/** The decisions that an agent waits for. */
export const agentApprovalsQuery = (board: string, agent: string) =>
  queryOptions({
    queryKey: keys.agentApprovals(board, agent),
    async queryFn({ signal }) {
      const page = await readAll((query) =>
        call(
          client.GET("/api/v1/boards/{board_id}/approvals", {
            signal,
            params: { path: { board_id: board }, query: { ...query, status: "pending" } },
          }),
        ),
      );
      const approvals = page.items as unknown as Approval[];
      return approvals.filter((approval) => approval.agent_id === agent);
    },
    staleTime: QUIET_MINUTES,
  });

/** The texts of the souls directory for an agent's role: the accepted one, and the one on its way. */
export const roleSoulQuery = (agent: string) =>
  queryOptions({
    queryKey: keys.agentRoleSoul(agent),
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/agents/{agent_id}/role-soul", { signal, params: { path: { agent_id: agent } } }),
      ) as Promise<RoleSouls>,
    staleTime: QUIET_MINUTES,
  });
