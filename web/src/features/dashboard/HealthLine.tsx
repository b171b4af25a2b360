import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { systemQuery } from "@/api/queries/system";
import type { DashboardMetrics } from "@/api/types";
import { titleOf } from "@/features/system/describe";
import { useAwake } from "@/lib/awake";
import { formatCount } from "@/lib/format";

/** How the installation and its fleet are, in one line; each part leads to the page that tells more. */
export function HealthLine({ fleet }: { fleet: DashboardMetrics["fleet"] | undefined }) {
  // Looking at the checks makes the server work, so it waits until somebody is there. Who may not see them gets a line
  // without them.
  const awake = useAwake();
  const system = useQuery({ ...systemQuery, enabled: awake && Boolean(fleet) }).data;
  if (!fleet) return null;
  const connected = fleet.gateways.filter((gateway) => gateway.state === "online").length;
  const failing = system?.health.filter((check) => !check.ok) ?? [];
  const dead = system?.dead_jobs ?? 0;
  const well = failing.length === 0 && dead === 0;
  return (
    <ul
      aria-label="Health of the installation"
      className="flex min-h-4 flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-3 tabular-nums"
    >
      {system && (
        <li className="flex items-center gap-1.5">
          {well ? (
            <CircleCheck size={14} className="text-ok" aria-hidden="true" />
          ) : (
            <TriangleAlert size={14} className="text-warn" aria-hidden="true" />
          )}
          <Link to="/system" className="hover:text-ink hover:underline">
            {well && `Server ${system.version} healthy`}
            {failing.length > 0 && `Degraded: ${failing.map((check) => titleOf(check.name)).join(", ")}`}
            {failing.length > 0 && dead > 0 && "; "}
            {dead > 0 && `${formatCount(dead)} background ${dead === 1 ? "job" : "jobs"} failed`}
          </Link>
        </li>
      )}
      {fleet.gateways.length > 0 && (
        <Part good={connected === fleet.gateways.length}>
          <Link to="/gateways" className="hover:text-ink hover:underline">
            {connected} of {fleet.gateways.length} gateways connected
          </Link>
        </Part>
      )}
      <Part good={fleet.agents_down === 0}>
        <Link to="/agents" className="hover:text-ink hover:underline">
          {fleet.agents_total === 0
            ? "No agents yet"
            : `${formatCount(fleet.agents_online)} of ${formatCount(fleet.agents_total)} agents online`}
          {fleet.agents_down > 0 && `, ${formatCount(fleet.agents_down)} not responding`}
        </Link>
      </Part>
    </ul>
  );
}

function Part({ good, children }: { good: boolean; children: ReactNode }) {
  return (
    <li className="flex items-center gap-1.5">
      <span aria-hidden="true" className={good ? "size-1.5 rounded-full bg-ok" : "size-1.5 rounded-full bg-warn"} />
      {children}
    </li>
  );
}
