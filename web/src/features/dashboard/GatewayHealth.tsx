import { Link } from "@tanstack/react-router";
import type { DashboardMetrics } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Panel } from "@/components/Panel";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { connectionState } from "@/features/gateways/describe";

/** A gateway as the dashboard's figures tell of it. */
export type FleetGateway = NonNullable<DashboardMetrics["fleet"]>["gateways"][number];

/** Every gateway once, with the state of its connection. */
export function GatewayHealth({ gateways }: { gateways: readonly FleetGateway[] | undefined }) {
  const online = gateways?.filter((gateway) => gateway.state === "online").length ?? 0;
  return (
    <Panel
      title="Gateways"
      note={gateways && gateways.length > 0 ? `${online} of ${gateways.length} connected` : undefined}
      action={
        <Link to="/gateways" className="text-accent-text hover:underline">
          All gateways
        </Link>
      }
      flush
    >
      {!gateways && <ListSkeleton rows={2} label="Loading the gateways" />}
      {gateways?.length === 0 && (
        <p className="px-4 pb-4 text-ink-3">
          None yet. Agents with a token of their own need none; OpenClaw agents live on one.
        </p>
      )}
      {gateways && gateways.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {gateways.map((gateway) => (
            <GatewayLine key={gateway.gateway_id} gateway={gateway} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function GatewayLine({ gateway }: { gateway: FleetGateway }) {
  const state = connectionState(gateway);
  return (
    <li className="relative flex items-center gap-3 px-4 py-2.5 hover:bg-hover">
      <span className="min-w-0 flex-1">
        <Link
          to="/gateways/$gatewayId"
          params={{ gatewayId: gateway.gateway_id }}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {gateway.name}
        </Link>
        <span className="block truncate text-xs text-ink-3">
          {gateway.state === "online" ? `OpenClaw ${gateway.version ?? ""}` : (gateway.error ?? gateway.url)}
        </span>
      </span>
      <Badge tone={state.tone}>{state.label}</Badge>
      {gateway.since && <RelativeTime value={gateway.since} className="w-16 shrink-0 text-right text-xs text-ink-3" />}
    </li>
  );
}
