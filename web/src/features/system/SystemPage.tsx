import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, RotateCw, ShieldAlert } from "lucide-react";
import { ApiError } from "@/api/errors";
import { keys } from "@/api/keys";
import { systemQuery } from "@/api/queries/system";
import type { System } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { Property, PropertyList } from "@/components/PropertyList";
import { ListSkeleton } from "@/components/Skeletons";
import { Stat } from "@/components/Stat";
import { Button } from "@/components/ui/Button";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { formatBytes, formatCount } from "@/lib/format";
import { useTitle } from "@/lib/title";
import { Backups } from "./Backups";
import { DemoPanel } from "./DemoPanel";
import { postgresVersion, titleOf, warningsOf } from "./describe";
import { Jobs } from "./Jobs";

/** How the installation is, for those who look after it. */
export function SystemPage() {
  useTitle("System");
  const cache = useQueryClient();
  const query = useQuery(systemQuery);
  const refused = query.error instanceof ApiError && query.error.status === 403;
  const again = (
    <Button
      icon={<RotateCw size={14} />}
      busy={query.isFetching}
      onClick={() => void cache.invalidateQueries({ queryKey: keys.system })}
    >
      Check again
    </Button>
  );
  return (
    <>
      <PageHeader actions={query.data && again}>
        <PageTitle>System</PageTitle>
      </PageHeader>
      <div className="@container min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-7xl">
          {query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton label="Looking at the installation" />
            </div>
          )}
          {refused && (
            <EmptyState icon={<ShieldAlert size={20} />} title="For administrators of the installation">
              This page shows the server that many organizations may share: its jobs, backups and limits. Owning an
              organization is not enough to see it.
            </EmptyState>
          )}
          {query.error && !refused && !query.data && (
            <ErrorState
              error={query.error}
              title="The state of the server could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && <Installation system={query.data} />}
        </div>
      </div>
    </>
  );
}

function Installation({ system }: { system: System }) {
  const { stock, limits, database } = system;
  const warnings = warningsOf(system);
  const connected = `${stock.connected_gateways} connected`;
  return (
    <div className="space-y-4 max-md:space-y-3">
      {warnings.length > 0 && (
        <ul aria-label="Warnings" className="space-y-2">
          {warnings.map((warning) => (
            <li key={warning} className="flex gap-2 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
              <CircleAlert size={16} className="mt-0.5 shrink-0" aria-hidden="true" />
              {warning}
            </li>
          ))}
        </ul>
      )}
      <div className="grid grid-cols-2 gap-3 @3xl:grid-cols-5">
        <Stat
          label="Organizations"
          value={formatCount(stock.organizations)}
          note={stock.people === 1 ? "1 person" : `${formatCount(stock.people)} people`}
        />
        <Stat label="Boards" value={formatCount(stock.boards)} note={`${formatCount(stock.tasks)} tasks`} />
        <Stat
          label="Agents"
          value={formatCount(stock.agents)}
          note={stock.failed_agents > 0 ? `${stock.failed_agents} not set up` : "all organizations"}
          tone={stock.failed_agents > 0 ? "warn" : "plain"}
        />
        <Stat label="Gateways" value={formatCount(stock.gateways)} note={connected} />
        <Stat
          label="Failed jobs"
          value={formatCount(system.dead_jobs)}
          note={system.dead_jobs > 0 ? "see below" : "nothing to do"}
          tone={system.dead_jobs > 0 ? "danger" : "plain"}
        />
      </div>
      <div className="grid grid-cols-1 gap-4 max-md:gap-3 @3xl:grid-cols-2">
        <Panel title="Health" note="looked at just now">
          <ul className="space-y-2.5">
            {system.health.map((check) => (
              <li key={check.name} className="flex gap-2.5">
                {check.ok ? (
                  <CircleCheck size={16} className="mt-0.5 shrink-0 text-ok" aria-label="well" />
                ) : (
                  <CircleAlert size={16} className="mt-0.5 shrink-0 text-danger" aria-label="not well" />
                )}
                <div className="min-w-0">
                  <p className="font-medium">{titleOf(check.name)}</p>
                  <p className="text-xs text-ink-2">{check.detail}</p>
                </div>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Server">
          <PropertyList>
            <Property label="Version">{system.version}</Property>
            <Property label="Address">{system.base_url}</Property>
            <Property label="Sign-in">
              {{ local: "Access token", clerk: "Clerk", oidc: "Single sign-on (OpenID Connect)" }[system.auth_mode] ??
                system.auth_mode}
            </Property>
            <Property label="Database">
              {database.engine === "sqlite" ? "SQLite" : `PostgreSQL ${postgresVersion(database.postgres_version)}`}
              {`, ${formatBytes(database.size_bytes)}, schema ${database.schema_version}`}
            </Property>
            <Property label="Connections">
              {database.connections} of at most {database.max_connections}
            </Property>
          </PropertyList>
        </Panel>
        <Backups />
        <Panel title="Limits" note="set by the configuration">
          <PropertyList>
            <Property label="Requests">
              {limits.request_seconds} s, up to {formatBytes(limits.body_bytes)}
            </Property>
            <Property label="Webhooks">
              up to {formatBytes(limits.webhook_body_bytes)}, payloads kept {limits.webhook_days} days
            </Property>
            <Property label="Live views">{limits.streams} for each person</Property>
            <Property label="Activity">kept {limits.event_days} days</Property>
            <Property label="Audit log">kept {limits.audit_days} days</Property>
            <Property label="Memory">
              {limits.memory_days ? `kept ${limits.memory_days} days` : "kept for good"}
            </Property>
          </PropertyList>
        </Panel>
      </div>
      <Jobs />
      <DemoPanel demo={system.demo ?? null} />
    </div>
  );
}
