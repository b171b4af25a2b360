import { useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions, Outlet } from "@tanstack/react-router";
import { Bot, Plus, Search } from "lucide-react";
import type { ReactNode } from "react";
import { agentCostQuery, agentsQuery } from "@/api/queries/agents";
import { boardsQuery } from "@/api/queries/boards";
import { gatewaysQuery } from "@/api/queries/gateways";
import { DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { Pill } from "@/components/Pill";
import { SearchField } from "@/components/SearchField";
import { Stat } from "@/components/Stat";
import { Button } from "@/components/ui/Button";
import { Combobox } from "@/components/ui/Combobox";
import { AdminsOnly } from "@/features/session/AdminsOnly";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { formatCount } from "@/lib/format";
import { useTitle } from "@/lib/title";
import { AgentMenu } from "./AgentMenu";
import { fleetColumns } from "./fleetColumns";
import { FLEET_STATES, type FleetSearch, type FleetState, filterFleet, fleetState } from "./search";

const route = getRouteApi("/shell/agents");

/** All agents of the organization: whether they are well, what they work on, and what to do when not. */
export function AgentsPage() {
  useTitle("Agents");
  const admin = useOrganizationAdmin();
  const navigate = route.useNavigate();
  const create = (
    <Button
      variant="primary"
      icon={<Plus size={15} />}
      reason={admin.reason}
      onClick={() => void navigate({ to: "/agents/new", search: (search) => search })}
    >
      New agent
    </Button>
  );
  return (
    <>
      <PageHeader actions={create}>
        <PageTitle>Agents</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <AdminsOnly
          icon={<Bot size={20} />}
          title="Agents are looked after by administrators"
          note="The agents of your boards are shown on each board."
        >
          <Fleet create={create} />
        </AdminsOnly>
      </div>
      <Outlet />
    </>
  );
}

function Fleet({ create }: { create: ReactNode }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(agentsQuery);
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const gateways = useQuery(gatewaysQuery).data?.items ?? [];
  const agents = query.data?.items;
  const shown = agents && filterFleet(agents, search);
  const change = (next: FleetSearch) =>
    void navigate({ search: (old) => dropEmpty({ ...old, ...next }), replace: true });
  return (
    <div className="mx-auto max-w-7xl space-y-4">
      {agents?.length !== 0 && <Figures />}
      {agents && agents.length > 0 && (
        <Filters search={search} onChange={change} agents={agents} boards={boards} gateways={gateways} />
      )}
      <DataTable
        label="Agents"
        rows={shown}
        columns={fleetColumns(boards, gateways)}
        rowKey={(agent) => agent.id}
        link={(agent) => linkOptions({ to: "/agents/$agentId", params: { agentId: agent.id } })}
        actions={(agent) => <AgentMenu agent={agent} />}
        sort={search.sort}
        defaultSort="name"
        onSort={(sort) => change({ sort })}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={
          agents?.length === 0 ? (
            <EmptyState icon={<Bot size={20} />} title="No agents yet" action={create}>
              An agent works on the tasks of a board. It may live on an OpenClaw gateway, or be any program that can
              send HTTP requests: then it gets a token of its own.
            </EmptyState>
          ) : (
            <EmptyState
              icon={<Search size={20} />}
              title="No agent fits these filters"
              action={<Button onClick={() => void navigate({ search: {}, replace: true })}>Clear the filters</Button>}
            >
              There are {agents?.length ?? 0} agents in all.
            </EmptyState>
          )
        }
      />
      {query.data && query.data.total > query.data.items.length && (
        <p className="text-center text-xs text-ink-3">
          The newest {formatCount(query.data.items.length)} of {formatCount(query.data.total)} agents are shown.
        </p>
      )}
    </div>
  );
}

/** What the whole fleet costs, and how much of it has something to do. */
function Figures() {
  const cost = useQuery(agentCostQuery).data;
  return (
    <div className="grid grid-cols-4 gap-3 max-lg:grid-cols-2">
      <Stat
        label="Agents"
        value={cost && formatCount(cost.agents)}
        note={cost && `${cost.with_work} with work waiting`}
      />
      <Stat
        label="Model calls a day, idle"
        value={cost && `≈ ${formatCount(cost.estimated_model_calls_per_day)}`}
        note="by their settings, without messages"
      />
      <Stat
        label="Woken in the last day"
        value={cost && formatCount(cost.wakes_in_last_day)}
        note="by messages to them"
      />
      <Stat
        label="Woken by the clock"
        value={cost && formatCount(cost.woken_always)}
        note={cost && `${cost.woken_for_work} for work, ${cost.woken_never} never`}
      />
    </div>
  );
}

interface FiltersProps {
  search: FleetSearch;
  onChange: (next: FleetSearch) => void;
  agents: readonly Parameters<typeof fleetState>[0][];
  boards: readonly { id: string; name: string }[];
  gateways: readonly { id: string; name: string }[];
}

function Filters({ search, onChange, agents, boards, gateways }: FiltersProps) {
  const rest = filterFleet(agents, { ...search, state: undefined });
  const options = (rows: FiltersProps["boards"]) => rows.map((row) => ({ value: row.id, label: row.name }));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchField
        label="Find an agent"
        placeholder="Name or role…"
        className="w-56 max-md:w-full"
        value={search.q ?? ""}
        onChange={(q) => onChange({ q: q || undefined })}
      />
      <Combobox
        label="Board"
        none="All boards"
        value={search.board ?? null}
        options={options(boards)}
        onChange={(board) => onChange({ board: board ?? undefined })}
        className="w-44 max-md:min-w-0 max-md:flex-1"
      />
      {gateways.length > 0 && (
        <Combobox
          label="Gateway"
          none="All gateways"
          value={search.gateway ?? null}
          options={[...options(gateways), { value: "none", label: "Without a gateway" }]}
          onChange={(gateway) => onChange({ gateway: gateway ?? undefined })}
          className="w-44 max-md:min-w-0 max-md:flex-1"
        />
      )}
      <fieldset className="flex flex-wrap gap-1.5 max-md:w-full">
        <legend className="sr-only">State</legend>
        {(Object.keys(FLEET_STATES) as FleetState[]).map((state) => {
          const count = rest.filter((agent) => fleetState(agent) === state).length;
          const on = search.state === state;
          if (count === 0 && !on) return null;
          return (
            <Pill key={state} on={on} onClick={() => onChange({ state: on ? undefined : state })}>
              {`${FLEET_STATES[state]} ${count}`}
            </Pill>
          );
        })}
      </fieldset>
    </div>
  );
}

function dropEmpty(search: FleetSearch): FleetSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
