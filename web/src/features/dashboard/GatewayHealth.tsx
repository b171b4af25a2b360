import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Page } from "@/api/client";
import type { Gateway } from "@/api/types";
import { Badge } from "@/components/Badge";
import { ErrorState } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { connectionState } from "@/features/gateways/describe";

/** Every gateway once, with the state of its connection. */
export function GatewayHealth({ query }: { query: UseQueryResult<Page<Gateway>> }) {
  const gateways = query.data?.items ?? [];
  const online = gateways.filter((gateway) => gateway.connection.state === "online").length;
  return (
    <Panel
      title="Gateways"
      note={gateways.length > 0 ? `${online} of ${gateways.length} connected` : undefined}
      action={
        <Link to="/gateways" className="text-accent-text hover:underline">
          All gateways
        </Link>
      }
      flush
    >
      {query.isPending && <ListSkeleton rows={2} label="Loading the gateways" />}
      {query.error && !query.data && (
        <ErrorState error={query.error} title="The gateways could not be loaded" onRetry={() => void query.refetch()} />
      )}
      {query.data && gateways.length === 0 && (
        <p className="px-4 pb-4 text-ink-3">
          None yet. Agents with a token of their own need none; OpenClaw agents live on one.
        </p>
      )}
      {gateways.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {gateways.map((gateway) => (
            <GatewayLine key={gateway.id} gateway={gateway} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function GatewayLine({ gateway }: { gateway: Gateway }) {
  const { connection } = gateway;
  const state = connectionState(connection);
  return (
    <li className="relative flex items-center gap-3 px-4 py-2.5 hover:bg-hover">
      <span className="min-w-0 flex-1">
        <Link
          to="/gateways/$gatewayId"
          params={{ gatewayId: gateway.id }}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {gateway.name}
        </Link>
        <span className="block truncate text-xs text-ink-3">
          {connection.state === "online" ? `OpenClaw ${connection.version ?? ""}` : (connection.error ?? gateway.url)}
        </span>
      </span>
      <Badge tone={state.tone}>{state.label}</Badge>
      {connection.since && (
        <RelativeTime value={connection.since} className="w-16 shrink-0 text-right text-xs text-ink-3" />
      )}
    </li>
  );
}
