import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { dashboardQuery } from "@/api/queries/metrics";
import { ErrorState } from "@/components/ErrorState";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { cx } from "@/lib/cx";
import { useTitle } from "@/lib/title";
import { AttentionPanel } from "./AttentionPanel";
import { Charts } from "./Charts";
import { Filters } from "./Filters";
import { GatewayHealth } from "./GatewayHealth";
import { GatewaySessions } from "./GatewaySessions";
import { HealthLine } from "./HealthLine";
import { KeyFigures } from "./KeyFigures";
import { NewestEvents } from "./NewestEvents";
import { filterOf } from "./search";
import { WaitingApprovals } from "./WaitingApprovals";

const route = getRouteApi("/shell/dashboard");

/** How the fleet is doing: what needs somebody, the figures, and how they have changed. */
export function DashboardPage() {
  useTitle("Dashboard");
  const search = route.useSearch();
  const filter = filterOf(search);
  const query = useQuery(dashboardQuery(filter));
  // Only administrators are told of agents and gateways; others are not shown a zero that is none.
  const admin = useOrganizationAdmin();
  const metrics = query.data;
  const failed = query.error !== null && !metrics;
  return (
    <>
      <PageHeader>
        <PageTitle>Dashboard</PageTitle>
      </PageHeader>
      <div className="@container min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-7xl space-y-4 p-4 max-md:space-y-3 max-md:p-3">
          <Filters search={search} />
          <HealthLine fleet={metrics?.fleet} />
          {failed ? (
            <ErrorState
              error={query.error}
              title="The figures could not be loaded"
              onRetry={() => void query.refetch()}
            />
          ) : (
            <div
              aria-busy={query.isPlaceholderData}
              className={cx("space-y-4 transition-opacity max-md:space-y-3", query.isPlaceholderData && "opacity-60")}
            >
              <AttentionPanel metrics={metrics} board={filter.board} narrowed={Boolean(filter.board ?? filter.group)} />
              <KeyFigures metrics={metrics} />
              <Charts metrics={metrics} range={filter.range} />
            </div>
          )}
          <div className="grid grid-cols-1 gap-4 max-md:gap-3 @4xl:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-4 max-md:gap-3">
              {!failed && <WaitingApprovals pending={metrics?.pending_approvals} board={filter.board} />}
              {admin.allowed && !failed && <GatewayHealth gateways={metrics?.fleet?.gateways} />}
              {admin.allowed && <GatewaySessions gateways={metrics?.fleet?.gateways ?? []} />}
            </div>
            <NewestEvents board={filter.board} />
          </div>
        </div>
      </div>
    </>
  );
}
