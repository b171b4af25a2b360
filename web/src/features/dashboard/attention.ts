import type { LinkProps } from "@tanstack/react-router";
import { linkOptions } from "@tanstack/react-router";
import type { DashboardMetrics } from "@/api/types";

/** One thing that somebody should look at. */
export interface Concern {
  id: "approvals" | "gateways" | "agents" | "overdue" | "deliveries" | "blocked";
  /** How much of it there is; above 0. */
  count: number;
  /** What it is, after the number: "overdue tasks". */
  text: string;
  /** The first few by name. */
  names: string[];
  tone: "danger" | "warn" | "accent";
  link: LinkProps;
}

interface Sources {
  metrics: DashboardMetrics;
  board?: string;
}

const NAMES_SHOWN = 3;
// States of gateways that end by themselves, or on purpose, are no concern.
const UNWELL_GATEWAY = new Set(["unreachable", "refused", "protocol_mismatch", "pairing_required", "closed"]);

/** What somebody should look at, the most urgent first. */
export function concerns({ metrics, board }: Sources): Concern[] {
  // Those who may not see the fleet are told nothing of it.
  const { attention, pending_approvals: pending, fleet } = metrics;
  const gatewaysDown = (fleet?.gateways ?? []).filter((gateway) => UNWELL_GATEWAY.has(gateway.state ?? ""));
  const oneBoard = board ? { board } : {};
  const all: Concern[] = [
    {
      id: "gateways",
      count: gatewaysDown.length,
      text: plural(gatewaysDown.length, "gateway disconnected", "gateways disconnected"),
      names: gatewaysDown.map((gateway) => gateway.name),
      tone: "danger",
      link: linkOptions({ to: "/gateways" }),
    },
    {
      id: "agents",
      count: fleet?.agents_down ?? 0,
      text: plural(fleet?.agents_down ?? 0, "agent not responding", "agents not responding"),
      names: (fleet?.down_agents ?? []).map((agent) => agent.name),
      tone: "danger",
      link: linkOptions({ to: "/agents" }),
    },
    {
      id: "approvals",
      count: pending.total,
      text: plural(pending.total, "pending approval", "pending approvals"),
      names: pending.items.map((item) => item.task_title ?? item.board_name),
      tone: "accent",
      link: linkOptions({ to: "/approvals", search: oneBoard }),
    },
    {
      id: "overdue",
      count: attention?.overdue_total ?? 0,
      text: plural(attention?.overdue_total ?? 0, "overdue task", "overdue tasks"),
      names: (attention?.overdue_tasks ?? []).map((task) => task.title),
      tone: "warn",
      link: board ? onBoard(board, "overdue") : longestOverdue(attention),
    },
    {
      id: "deliveries",
      count: attention?.failed_deliveries ?? 0,
      text: plural(attention?.failed_deliveries ?? 0, "failed webhook delivery", "failed webhook deliveries"),
      names: [],
      tone: "danger",
      link: linkOptions({ to: "/activity", search: { failed: true as const, ...oneBoard } }),
    },
    {
      id: "blocked",
      count: attention?.blocked_total ?? 0,
      text: plural(attention?.blocked_total ?? 0, "blocked task", "blocked tasks"),
      names: [],
      tone: "warn",
      link: board ? onBoard(board, "blocked") : linkOptions({ to: "/boards" }),
    },
  ];
  return all
    .filter((concern) => concern.count > 0)
    .map((concern) => ({ ...concern, names: [...new Set(concern.names)].slice(0, NAMES_SHOWN) }));
}

/** Whether there is nothing yet that figures could be about. */
export function isBlank({ kpis, fleet }: DashboardMetrics): boolean {
  const tasks = kpis.inbox_tasks + kpis.in_progress_tasks + kpis.review_tasks + kpis.done_tasks;
  return tasks === 0 && (fleet?.agents_total ?? 0) === 0;
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
