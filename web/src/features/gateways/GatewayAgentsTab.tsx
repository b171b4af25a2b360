import { useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions } from "@tanstack/react-router";
import { Bot } from "lucide-react";
import { boardsQuery } from "@/api/queries/boards";
import { gatewayAgentsQuery } from "@/api/queries/gateways";
import type { Gateway } from "@/api/types";
import { DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { AgentMenu } from "@/features/agents/AgentMenu";
import { fleetColumns } from "@/features/agents/fleetColumns";

const route = getRouteApi("/shell/gateways/$gatewayId");

/** The agents on a gateway. */
export function GatewayAgentsTab({ gateway }: { gateway: Gateway }) {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(gatewayAgentsQuery(gateway.id));
  const boards = useQuery(boardsQuery).data?.items ?? [];
  return (
    <DataTable
      label="Agents on this gateway"
      rows={query.data?.items}
      columns={fleetColumns(boards, []).filter((column) => column.id !== "gateway")}
      rowKey={(agent) => agent.id}
      link={(agent) => linkOptions({ to: "/agents/$agentId", params: { agentId: agent.id } })}
      actions={(agent) => <AgentMenu agent={agent} />}
      sort={sort}
      defaultSort="name"
      onSort={(next) => void navigate({ search: { tab: "agents", ...(next ? { sort: next } : {}) }, replace: true })}
      error={query.error}
      onRetry={() => void query.refetch()}
      empty={
        <EmptyState icon={<Bot size={20} />} title="No agents here">
          Choose this gateway in the settings of a board: the agents of that board are set up here.
        </EmptyState>
      }
    />
  );
}
