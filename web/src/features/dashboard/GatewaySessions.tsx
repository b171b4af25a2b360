import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { gatewaySessionsQuery } from "@/api/queries/gateways";
import type { SessionRow } from "@/api/types";
import { Meter } from "@/components/charts/Meter";
import { Panel } from "@/components/Panel";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { factsOf } from "@/features/gateways/transcript";
import { formatShort } from "@/lib/format";
import { useSeen } from "@/lib/seen";
import type { FleetGateway } from "./GatewayHealth";

const SHOWN = 6;
// Each gateway is asked on its own; whoever has more looks at them on their pages.
const GATEWAYS_ASKED = 5;

/** The sessions on connected gateways in which something was said last, with how full they are. */
export function GatewaySessions({ gateways }: { gateways: readonly FleetGateway[] }) {
  const place = useRef<HTMLDivElement>(null);
  // Gateways are asked over the network, so not before somebody can see the answer.
  const seen = useSeen(place);
  const online = gateways.filter((gateway) => gateway.state === "online").slice(0, GATEWAYS_ASKED);
  const answers = useQueries({
    queries: online.map((gateway) => ({ ...gatewaySessionsQuery(gateway.gateway_id), enabled: seen })),
  });
  const rows = answers
    .flatMap((answer, at) => (answer.data?.sessions ?? []).map((row) => ({ row, gateway: online[at] as FleetGateway })))
    .map((entry) => ({ ...entry, facts: factsOf(entry.row) }))
    .sort((a, b) => (b.facts.updatedAt ?? 0) - (a.facts.updatedAt ?? 0));
  const silent = online.filter((_, at) => answers[at]?.error).map((gateway) => gateway.name);
  const asking = answers.some((answer) => answer.isPending);
  if (gateways.length === 0) return null;
  return (
    <div ref={place}>
      <Panel
        title="Gateway sessions"
        note={rows.length > SHOWN ? `latest ${SHOWN} of ${rows.length}` : undefined}
        flush
      >
        {online.length === 0 && <p className="px-4 pb-4 text-ink-3">No gateway is connected right now.</p>}
        {online.length > 0 && asking && rows.length === 0 && <ListSkeleton rows={3} label="Asking the gateways" />}
        {!asking && online.length > 0 && rows.length === 0 && silent.length === 0 && (
          <p className="px-4 pb-4 text-ink-3">No sessions yet.</p>
        )}
        {rows.length > 0 && (
          <ul className="divide-y divide-line border-t border-line">
            {rows.slice(0, SHOWN).map(({ row, gateway }) => (
              <SessionLine key={`${gateway.gateway_id} ${row.key}`} row={row} gateway={gateway} />
            ))}
          </ul>
        )}
        {silent.length > 0 && (
          <p className="border-t border-line px-4 py-2.5 text-xs text-warn">
            {silent.join(", ")} did not respond; their sessions are missing here.
          </p>
        )}
      </Panel>
    </div>
  );
}

function SessionLine({ row, gateway }: { row: SessionRow; gateway: FleetGateway }) {
  const facts = factsOf(row);
  return (
    <li className="relative flex items-center gap-3 px-4 py-2.5 hover:bg-hover">
      <span className="min-w-0 flex-1">
        <Link
          to="/gateways/$gatewayId"
          params={{ gatewayId: gateway.gateway_id }}
          search={{ tab: "sessions", session: row.key }}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {facts.label}
        </Link>
        <span className="block truncate text-xs text-ink-3">
          {[facts.running && "running", gateway.name, facts.model].filter(Boolean).join(" · ")}
        </span>
      </span>
      {facts.used !== null && facts.window !== null && facts.window > 0 && (
        <span className="flex w-28 shrink-0 flex-col gap-1 text-right">
          <span className="text-xs text-ink-3 tabular-nums">
            {formatShort(facts.used)} of {formatShort(facts.window)}
          </span>
          <Meter
            label={`Context used by ${facts.label}`}
            value={facts.used}
            max={facts.window}
            text={`${facts.used} of ${facts.window} tokens`}
          />
        </span>
      )}
      {facts.updatedAt !== null && (
        <RelativeTime
          value={new Date(facts.updatedAt).toISOString()}
          className="w-16 shrink-0 text-right text-xs text-ink-3"
        />
      )}
    </li>
  );
}
