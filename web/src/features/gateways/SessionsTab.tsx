import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, linkOptions } from "@tanstack/react-router";
import { ChevronLeft, RefreshCw, Terminal } from "lucide-react";
import { agentsQuery } from "@/api/queries/agents";
import { gatewaySessionsQuery } from "@/api/queries/gateways";
import type { Agent, Gateway, SessionRow } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Meter } from "@/components/charts/Meter";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { Button } from "@/components/ui/Button";
import { formatShort } from "@/lib/format";
import { SessionView } from "./SessionView";
import { agentKeyOf, factsOf } from "./transcript";

const route = getRouteApi("/shell/gateways/$gatewayId");

/** The sessions on a gateway, and the transcript of the one that is chosen. */
export function SessionsTab({ gateway }: { gateway: Gateway }) {
  const { session } = route.useSearch();
  const agents = useQuery(agentsQuery).data?.items ?? [];
  const agentOf = (key: string) =>
    agents.find((agent) => agent.openclaw_session_id && agentKeyOf(agent.openclaw_session_id) === agentKeyOf(key));
  if (!session) return <SessionList gateway={gateway} agentOf={agentOf} />;
  const agent = agentOf(session);
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Link
          to="/gateways/$gatewayId"
          params={{ gatewayId: gateway.id }}
          search={{ tab: "sessions" }}
          className="inline-flex items-center gap-1 text-sm text-ink-2 hover:text-ink"
        >
          <ChevronLeft size={14} aria-hidden="true" /> All sessions
        </Link>
        <code className="min-w-0 truncate font-mono text-xs text-ink-3">{session}</code>
        {agent && (
          <Link
            to="/agents/$agentId"
            params={{ agentId: agent.id }}
            className="text-sm text-accent-text hover:underline"
          >
            {agent.name}
          </Link>
        )}
      </div>
      <SessionView key={session} gateway={gateway.id} session={session} name={agent?.name ?? "the agent"} />
    </div>
  );
}

function SessionList({ gateway, agentOf }: { gateway: Gateway; agentOf: (key: string) => Agent | undefined }) {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(gatewaySessionsQuery(gateway.id));
  return (
    <div className="space-y-3">
      <div className="flex items-center justify-between gap-3">
        <p className="text-sm text-ink-2">As the gateway lists them now; nobody is woken by looking.</p>
        <Button size="sm" icon={<RefreshCw size={14} />} busy={query.isFetching} onClick={() => void query.refetch()}>
          {query.isFetching ? "Asking…" : "Ask again"}
        </Button>
      </div>
      <DataTable
        label="Sessions"
        rows={query.data?.sessions}
        columns={columns(agentOf)}
        rowKey={(row) => row.key}
        link={(row) =>
          linkOptions({
            to: "/gateways/$gatewayId",
            params: { gatewayId: gateway.id },
            search: { tab: "sessions", session: row.key },
          })
        }
        sort={sort}
        defaultSort="-updated"
        onSort={(next) =>
          void navigate({ search: { tab: "sessions", ...(next ? { sort: next } : {}) }, replace: true })
        }
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={
          <EmptyState icon={<Terminal size={20} />} title="No sessions">
            A session begins when an agent is set up and spoken to.
          </EmptyState>
        }
      />
    </div>
  );
}

function columns(agentOf: (key: string) => Agent | undefined): Column<SessionRow>[] {
  return [
    {
      id: "label",
      header: "Session",
      cell: (row) => (
        <span className="block min-w-0">
          <span className="block truncate">{agentOf(row.key)?.name ?? factsOf(row).label}</span>
          <span className="block truncate font-mono text-xs font-normal text-ink-3">{row.key}</span>
        </span>
      ),
      sortBy: (row) => agentOf(row.key)?.name ?? factsOf(row).label,
    },
    {
      id: "state",
      header: "State",
      width: "7rem",
      phone: "corner",
      cell: (row) =>
        factsOf(row).running ? <Badge tone="accent">At work</Badge> : <span className="text-ink-2">At rest</span>,
      sortBy: (row) => factsOf(row).running,
    },
    {
      id: "model",
      header: "Model",
      width: "22%",
      hideBelow: "medium",
      cell: (row) => factsOf(row).model,
    },
    {
      id: "used",
      header: "Context",
      width: "11rem",
      cell: (row) => {
        const { used, window } = factsOf(row);
        if (used === null || window === null) return null;
        const text = `${formatShort(used)} of ${formatShort(window)}`;
        return (
          <span className="flex items-center gap-2">
            <Meter label="Context used" value={used} max={window} text={`${text} tokens`} className="w-14" />
            <span className="text-xs text-ink-3 tabular-nums">{text}</span>
          </span>
        );
      },
      sortBy: (row) => factsOf(row).used,
    },
    {
      id: "updated",
      header: "Last word",
      width: "7rem",
      cell: (row) => {
        const { updatedAt } = factsOf(row);
        return updatedAt && <RelativeTime value={new Date(updatedAt).toISOString()} />;
      },
      sortBy: (row) => factsOf(row).updatedAt,
    },
  ];
}
