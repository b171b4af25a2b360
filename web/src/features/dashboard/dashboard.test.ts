import { expect, it } from "vitest";
import type { DashboardMetrics } from "@/api/types";
import { concerns, isBlank } from "./attention";
import { compared, sumOf } from "./figures";
import { filterOf, parseDashboardSearch } from "./search";

const SERIES = { range: "7d", bucket: "day" };
const points = (...values: number[]) =>
  values.map((value, index) => ({ period: `2026-01-0${index + 1}T00:00:00`, value }));
const set = (primary: number[], comparison: number[]) => ({
  primary: { ...SERIES, points: points(...primary) },
  comparison: { ...SERIES, points: points(...comparison) },
});
const empty = set([], []);

function metrics(overrides: Partial<DashboardMetrics> = {}): DashboardMetrics {
  return {
    range: "7d",
    generated_at: "2026-01-08T00:00:00",
    kpis: {
      active_agents: 0,
      tasks_in_progress: 0,
      inbox_tasks: 0,
      in_progress_tasks: 0,
      review_tasks: 0,
      done_tasks: 0,
      error_rate_pct: 0,
      median_cycle_time_hours_7d: null,
    },
    throughput: empty,
    cycle_time: empty,
    error_rate: empty,
    wip: { primary: { ...SERIES, points: [] }, comparison: { ...SERIES, points: [] } },
    pending_approvals: { total: 0, items: [] },
    attention: { overdue_total: 0, overdue_tasks: [], blocked_total: 0, failed_deliveries: 0 },
    fleet: null,
    ...overrides,
  };
}

it("an address keeps what it knows and drops the rest", () => {
  expect(parseDashboardSearch({ range: "7d", board: "b", other: 1 })).toEqual({ board: "b" });
  expect(parseDashboardSearch({ range: "2y", boardGroup: " " })).toEqual({});
  expect(filterOf(parseDashboardSearch({ range: "1y" }))).toEqual({ range: "1y" });
  expect(filterOf({})).toEqual({ range: "7d" });
  expect(filterOf({ boardGroup: "g" })).toEqual({ range: "7d", group: "g" });
});

it("the time before is laid under the present, end over end, and a mean of nothing is a gap", () => {
  const { now, before, periods } = compared(set([1, 0, 3], [9, 4, 5, 6]), true);
  expect(now).toEqual([1, null, 3]);
  expect(before).toEqual([4, 5, 6]);
  expect(periods).toHaveLength(3);
  expect(compared(set([1, 2], [7])).before).toEqual([null, 7]);
  expect(sumOf([1, null, 2])).toBe(3);
});

it("nothing is a concern when all is well, and what one may not see is none", () => {
  const fleet = { agents_total: 3, agents_online: 1, agents_down: 0, down_agents: [], gateways: [] };
  expect(concerns({ metrics: metrics({ fleet }) })).toEqual([]);
  expect(concerns({ metrics: metrics() })).toEqual([]);
});

it("the most urgent comes first, by number and name", () => {
  const gateway = { name: "Office", url: "ws://a", state: "unreachable", since: null, error: null, version: null };
  const fleet = {
    agents_total: 2,
    agents_online: 1,
    agents_down: 1,
    down_agents: [{ agent_id: "a", name: "Ada" }],
    gateways: [
      { ...gateway, gateway_id: "g" },
      { ...gateway, gateway_id: "h" },
    ],
  };
  const overdue = { task_id: "t", board_id: "b", board_name: "Ops", title: "Pay", due_at: "2026-01-01T00:00:00" };
  const found = concerns({
    metrics: metrics({
      attention: { overdue_total: 12, overdue_tasks: [overdue], blocked_total: 0, failed_deliveries: 1 },
      fleet,
    }),
  });
  expect(found.map((concern) => [concern.id, concern.count])).toEqual([
    ["gateways", 2],
    ["agents", 1],
    ["overdue", 12],
    ["deliveries", 1],
  ]);
  expect(found[0]?.names, "each name once").toEqual(["Office"]);
  expect(found[2]?.link).toMatchObject({ params: { boardId: "b" }, search: { taskId: "t" } });
});

it("is blank only while there is neither a task nor an agent", () => {
  const { kpis } = metrics();
  const fleet = { agents_total: 1, agents_online: 0, agents_down: 0, down_agents: [], gateways: [] };
  expect(isBlank(metrics())).toBe(true);
  expect(isBlank(metrics({ kpis: { ...kpis, done_tasks: 1 } }))).toBe(false);
  expect(isBlank(metrics({ fleet }))).toBe(false);
});
