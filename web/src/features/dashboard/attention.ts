import type { LinkProps } from "@tanstack/react-router";
import { linkOptions } from "@tanstack/react-router";
import type { Agent, DashboardMetrics, Gateway } from "@/api/types";

/** One thing that somebody should look at. */
export interface Concern {
  id: "approvals" | "gateways" | "agents" | "overdue" | "deliveries" | "blocked";
  /** How much of it there is; above 0. */
  count: number;
  /** What it is, after the number: "tasks are overdue". */
  text: string;
  /** The first few by name. */
  names: string[];
  tone: "danger" | "warn" | "accent";
  link: LinkProps;
}

interface Sources {
  metrics: DashboardMetrics;
  /** Left out for those who may not see them. */
  agents?: readonly Agent[];
  gateways?: readonly Gateway[];
  board?: string;
}

const NAMES_SHOWN = 3;
// States of agents and gateways that end by themselves, or on purpose, are no concern.
const UNWELL_AGENT = new Set(["failed", "gave_up"]);
const UNWELL_GATEWAY = new Set(["unreachable", "refused", "protocol_mismatch", "pairing_required", "closed"]);

/** What somebody should look at, the most urgent first. */
export function concerns({ metrics, agents = [], gateways = [], board }: Sources): Concern[] {
  const { attention, pending_approvals: pending } = metrics;
  const agentsDown = agents.filter(isDown);
  const gatewaysDown = gateways.filter((gateway) => UNWELL_GATEWAY.has(gateway.connection.state ?? ""));
  const oneBoard = board ? { board } : {};
  const all: Concern[] = [
    {
      id: "gateways",
      count: gatewaysDown.length,
      text: plural(gatewaysDown.length, "gateway is not connected", "gateways are not connected"),
      names: gatewaysDown.map((gateway) => gateway.name),
      tone: "danger",
      link: linkOptions({ to: "/gateways" }),
    },
    {
      id: "agents",
      count: agentsDown.length,
      text: plural(agentsDown.length, "agent does not answer", "agents do not answer"),
      names: agentsDown.map((agent) => agent.name),
      tone: "danger",
      link: linkOptions({ to: "/agents" }),
    },
    {
      id: "approvals",
      count: pending.total,
      text: plural(pending.total, "approval waits for a decision", "approvals wait for a decision"),
      names: pending.items.map((item) => item.task_title ?? item.board_name),
      tone: "accent",
      link: linkOptions({ to: "/approvals", search: oneBoard }),
    },
    {
      id: "overdue",
      count: attention?.overdue_total ?? 0,
      text: plural(attention?.overdue_total ?? 0, "task is overdue", "tasks are overdue"),
      names: (attention?.overdue_tasks ?? []).map((task) => task.title),
      tone: "warn",
      link: board ? onBoard(board, "overdue") : longestOverdue(attention),
    },
    {
      id: "deliveries",
      count: attention?.failed_deliveries ?? 0,
      text: plural(attention?.failed_deliveries ?? 0, "webhook delivery failed", "webhook deliveries failed"),
      names: [],
      tone: "danger",
      link: linkOptions({ to: "/activity", search: { failed: true as const, ...oneBoard } }),
    },
    {
      id: "blocked",
      count: attention?.blocked_total ?? 0,
      text: plural(attention?.blocked_total ?? 0, "task waits for another one", "tasks wait for others"),
      names: [],
      tone: "warn",
      link: board ? onBoard(board, "blocked") : linkOptions({ to: "/boards" }),
    },
  ];
  return all
    .filter((concern) => concern.count > 0)
    .map((concern) => ({ ...concern, names: [...new Set(concern.names)].slice(0, NAMES_SHOWN) }));
}

/** Whether an agent should answer and does not. One that has never called, or sleeps until there is work, is well. */
export function isDown(agent: Agent): boolean {
  if (UNWELL_AGENT.has(agent.lifecycle_state)) return true;
  return agent.lifecycle_state === "ready" && agent.presence === "offline";
}

function onBoard(board: string, only: "overdue" | "blocked"): LinkProps {
  return linkOptions({ to: "/boards/$boardId", params: { boardId: board }, search: { only } });
}

/** To the task that is longest overdue. */
function longestOverdue(attention: DashboardMetrics["attention"] | undefined): LinkProps {
  const first = attention?.overdue_tasks[0];
  if (!first) return linkOptions({ to: "/boards" });
  return linkOptions({
    to: "/boards/$boardId",
    params: { boardId: first.board_id },
    search: { taskId: first.task_id },
  });
}

function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
