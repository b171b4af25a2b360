import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, linkOptions, Outlet } from "@tanstack/react-router";
import { Network, Plus } from "lucide-react";
import { agentsQuery } from "@/api/queries/agents";
import { gatewaysQuery } from "@/api/queries/gateways";
import type { Gateway } from "@/api/types";
import { Badge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { Button } from "@/components/ui/Button";
import { AdminsOnly } from "@/features/session/AdminsOnly";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useTitle } from "@/lib/title";
import { connectionState } from "./describe";

const route = getRouteApi("/shell/gateways");

/** The OpenClaw gateways on which agents live, and whether they can be reached. */
export function GatewaysPage() {
  useTitle("Gateways");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const query = useQuery({ ...gatewaysQuery, enabled: admin.allowed });
  const agents = useQuery({ ...agentsQuery, enabled: admin.allowed }).data?.items ?? [];
  const addButton = (
    <Button
      variant="primary"
      icon={<Plus size={15} />}
      reason={admin.reason}
      onClick={() => void navigate({ to: "/gateways/new", search: (old) => old })}
    >
      Add gateway
    </Button>
  );
  const count = (gateway: string) => agents.filter((agent) => agent.gateway_id === gateway).length;
  return (
    <>
      <PageHeader actions={addButton}>
        <PageTitle>Gateways</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-6xl">
          <AdminsOnly icon={<Network size={20} />} title="Gateways are looked after by administrators">
            <DataTable
              label="Gateways"
              rows={query.data?.items}
              columns={columns(count)}
              rowKey={(gateway) => gateway.id}
              link={(gateway) => linkOptions({ to: "/gateways/$gatewayId", params: { gatewayId: gateway.id } })}
              sort={search.sort}
              defaultSort="name"
              onSort={(sort) => void navigate({ search: sort ? { sort } : {}, replace: true })}
              error={query.error}
              onRetry={() => void query.refetch()}
              empty={
                <EmptyState icon={<Network size={20} />} title="No gateways yet" action={addButton}>
                  An OpenClaw gateway runs agents on a machine of yours. Add one, choose it in the settings of a board,
                  and the agents of that board are set up there. Agents of any other runtime need none.
                </EmptyState>
              }
            />
          </AdminsOnly>
        </div>
      </div>
      <Outlet />
    </>
  );
}

/** The columns of the list; `count` says how many agents live on a gateway. */
function columns(count: (gateway: string) => number): Column<Gateway>[] {
  return [
    {
      id: "name",
      header: "Gateway",
      cell: (gateway) => (
        <span className="block min-w-0">
          <span className="block truncate">{gateway.name}</span>
          <span className="block truncate font-mono text-xs font-normal text-ink-3">{gateway.url}</span>
        </span>
      ),
      sortBy: (gateway) => gateway.name,
    },
    {
      id: "state",
      header: "Connection",
      width: "11rem",
      phone: "corner",
      cell: (gateway) => {
        const state = connectionState(gateway.connection);
        return <Badge tone={state.tone}>{state.label}</Badge>;
      },
      sortBy: (gateway) => connectionState(gateway.connection).label,
    },
    {
      id: "since",
      header: "Since",
      width: "7rem",
      hideBelow: "narrow",
      cell: (gateway) => gateway.connection.since && <RelativeTime value={gateway.connection.since} />,
      sortBy: (gateway) => gateway.connection.since,
    },
    {
      id: "version",
      header: "OpenClaw",
      width: "8rem",
      hideBelow: "medium",
      cell: (gateway) => gateway.connection.version ?? gateway.runtime_version,
      sortBy: (gateway) => gateway.connection.version ?? gateway.runtime_version,
    },
    {
      id: "agents",
      header: "Agents",
      width: "5.5rem",
      align: "right",
      cell: (gateway) => (
        <Link
          to="/agents"
          search={{ gateway: gateway.id }}
          className="relative z-[1] tabular-nums hover:text-ink hover:underline"
          aria-label={`${count(gateway.id)} agents of ${gateway.name}`}
        >
          {count(gateway.id)}
        </Link>
      ),
      sortBy: (gateway) => count(gateway.id),
    },
    {
      id: "problem",
      header: "Last error",
      width: "24%",
      hideBelow: "medium",
      phone: "hidden",
      cell: (gateway) =>
        gateway.connection.state !== "online" && (
          <span className="text-ink-2" title={gateway.connection.error ?? undefined}>
            {gateway.connection.error ?? gateway.last_error}
          </span>
        ),
    },
  ];
}
