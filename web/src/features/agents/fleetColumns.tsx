import { Link } from "@tanstack/react-router";
import { Star } from "lucide-react";
import type { Agent } from "@/api/types";
import { Badge } from "@/components/Badge";
import type { Column } from "@/components/DataTable";
import { DueTime, RelativeTime } from "@/components/RelativeTime";
import { parseTime } from "@/lib/time";
import { AgentFace } from "./AgentFace";
import { cadenceOf, callsOf, kindOf, lifecycleOf, presenceOf, roleOf, stateOf } from "./describe";
import { PresenceDot } from "./PresenceDot";
import { fleetState } from "./search";

interface Named {
  id: string;
  name: string;
}

// Trouble first.
const ORDER = ["trouble", "offline", "setup", "working", "online", "idle"];

// Links and texts above the link that fills the row.
const ABOVE = "relative z-[1]";

/** The columns of the fleet. */
export function fleetColumns(boards: readonly Named[], gateways: readonly Named[]): Column<Agent>[] {
  const nameOf = (rows: readonly Named[], id: string | null | undefined) =>
    rows.find((row) => row.id === id)?.name ?? null;
  return [
    { id: "name", header: "Agent", cell: (agent) => <NameCell agent={agent} />, sortBy: (agent) => agent.name },
    {
      id: "state",
      header: "State",
      width: "9.5rem",
      cell: (agent) => <StateCell agent={agent} />,
      sortBy: (agent) => ORDER.indexOf(fleetState(agent)),
      phone: "corner",
    },
    {
      id: "board",
      header: "Board",
      width: "12%",
      hideBelow: "narrow",
      cell: (agent) => {
        const name = nameOf(boards, agent.board_id);
        if (agent.is_gateway_main) return <span className="text-ink-3">whole gateway</span>;
        return name && agent.board_id ? (
          <Link
            to="/boards/$boardId"
            params={{ boardId: agent.board_id }}
            className={`${ABOVE} hover:text-ink hover:underline`}
          >
            {name}
          </Link>
        ) : null;
      },
      sortBy: (agent) => nameOf(boards, agent.board_id),
    },
    {
      id: "task",
      header: "Works on",
      width: "18%",
      hideBelow: "medium",
      cell: (agent) => <TaskCell agent={agent} />,
      sortBy: (agent) => agent.current_task?.title,
    },
    {
      id: "gateway",
      header: "Runtime",
      width: "10%",
      hideBelow: "medium",
      phone: "hidden",
      cell: (agent) => (
        <span className="text-ink-2">
          {agent.gateway_id ? (nameOf(gateways, agent.gateway_id) ?? "a gateway") : "Self-managed"}
        </span>
      ),
    },
    {
      id: "seen",
      header: "Last heartbeat",
      width: "8rem",
      cell: (agent) => <SeenCell agent={agent} />,
      sortBy: (agent) => (agent.last_seen_at ? parseTime(agent.last_seen_at) : null),
    },
    {
      id: "calls",
      header: "Calls per day",
      width: "8rem",
      align: "right",
      hideBelow: "medium",
      cell: (agent) => <span title={`Woken ${cadenceOf(agent)}`}>{callsOf(agent)}</span>,
      sortBy: (agent) => agent.estimated_model_calls_per_day,
    },
  ];
}

function NameCell({ agent }: { agent: Agent }) {
  const role = roleOf(agent);
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <AgentFace agent={agent} />
      <span className="min-w-0">
        <span className="flex items-center gap-1.5">
          <span className="truncate">{agent.name}</span>
          {agent.is_board_lead && <Star size={12} className="shrink-0 text-ink-3" aria-hidden="true" />}
        </span>
        <span className="block truncate text-xs font-normal text-ink-3">
          {kindOf(agent)}
          {role && ` · ${role}`}
        </span>
      </span>
    </span>
  );
}

/** Presence, and beside it what is the matter with the runtime, if anything is. */
function StateCell({ agent }: { agent: Agent }) {
  const lifecycle = lifecycleOf(agent);
  const presence = presenceOf(agent);
  const text = stateOf(agent).text ?? undefined;
  return (
    <span className="flex items-center gap-2" title={text}>
      <PresenceDot presence={agent.presence} />
      {lifecycle ? (
        <>
          <span className="sr-only">{presence.label}, </span>
          <Badge tone={lifecycle.tone}>{lifecycle.label}</Badge>
        </>
      ) : (
        <span className="truncate">{presence.label}</span>
      )}
    </span>
  );
}

function TaskCell({ agent }: { agent: Agent }) {
  const task = agent.current_task;
  if (task) {
    return (
      <span className="flex min-w-0 items-baseline gap-2">
        <Link
          to="/boards/$boardId"
          params={{ boardId: task.board_id }}
          search={{ taskId: task.id }}
          className={`${ABOVE} truncate hover:underline`}
        >
          {task.title}
        </Link>
        {task.in_progress_at && <RelativeTime value={task.in_progress_at} className="shrink-0 text-xs text-ink-3" />}
      </span>
    );
  }
  const waiting = stateOf(agent).tone === "danger" ? stateOf(agent).text : null;
  if (waiting) return <span className="text-danger">{waiting}</span>;
  const work = agent.work;
  const count = work ? work.assigned + work.inbox + work.review : 0;
  return <span className="text-ink-3">{count > 0 ? `${count} waiting` : "nothing"}</span>;
}

/** When it called, and when it is looked at next: late is what is past that. */
function SeenCell({ agent }: { agent: Agent }) {
  return (
    <span className="block leading-4">
      {agent.last_seen_at ? <RelativeTime value={agent.last_seen_at} /> : <span className="text-ink-3">never</span>}
      <span className="block truncate text-xs text-ink-3">
        {agent.next_attempt_at ? (
          <>
            again <DueTime value={agent.next_attempt_at} />
          </>
        ) : agent.cadence_seconds ? (
          `every ${cadence(agent.cadence_seconds)}`
        ) : (
          ""
        )}
      </span>
    </span>
  );
}

function cadence(seconds: number): string {
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}
