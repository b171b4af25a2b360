import { useQuery } from "@tanstack/react-query";
import { Bot } from "lucide-react";
import { agentsQuery } from "@/api/queries/agents";
import { gatewaysQuery } from "@/api/queries/gateways";
import type { Board } from "@/api/types";
import { Badge } from "@/components/Badge";
import { RelativeTime } from "@/components/RelativeTime";
import { useOrganizationAdmin } from "@/features/session/permissions";

/** Who leads the interview and whether it is there. Only administrators see gateways and their agents. */
export function Interviewer({ board }: { board: Board }) {
  const admin = useOrganizationAdmin();
  const gateways = useQuery({ ...gatewaysQuery, enabled: admin.allowed }).data?.items;
  const agents = useQuery({ ...agentsQuery, enabled: admin.allowed }).data?.items;
  const gateway = gateways?.find((entry) => entry.id === board.gateway_id);
  const agent = agents?.find((entry) => entry.is_gateway_main && entry.gateway_id === board.gateway_id);
  const connected = gateway?.connection.state === "online";
  return (
    <p className="flex flex-wrap items-center gap-2 text-ink-2">
      <span className="flex items-center gap-2">
        <Bot size={16} className="shrink-0 text-ink-3" aria-hidden="true" />
        {agent ? agent.name : "The main agent of the gateway"} leads the interview
      </span>
      {gateway && !connected && (
        <Badge tone="danger">{gateway.connection.error ? "Gateway away" : "Gateway not connected"}</Badge>
      )}
      {agent && connected && (
        <Badge tone={agent.presence === "online" || agent.presence === "idle" ? "ok" : "warn"}>
          {agent.presence === "never" ? "Not seen yet" : agent.presence === "offline" ? "Offline" : "Online"}
        </Badge>
      )}
      {agent?.last_seen_at && (
        <span className="text-xs text-ink-3">
          seen <RelativeTime value={agent.last_seen_at} />
        </span>
      )}
    </p>
  );
}
