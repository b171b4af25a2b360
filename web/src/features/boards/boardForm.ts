import type { Board, BoardUpdate } from "@/api/types";
import { fromDateField, toDateField } from "@/lib/time";

/** The switches among a board's settings, each explained. */
export const RULES = [
  {
    field: "require_approval_for_done",
    label: "Done needs an approval",
    about: "A task can be finished only after an approval for it was granted.",
  },
  {
    field: "require_review_before_done",
    label: "Done only from review",
    about: "A task has to pass through Review before it can be finished.",
  },
  {
    field: "comment_required_for_review",
    label: "Review needs a comment",
    about: "Who moves a task to Review has to say what was done.",
  },
  {
    field: "block_status_changes_with_pending_approval",
    label: "Pending approvals hold a task",
    about: "While an approval for a task is still to be decided, the task stays where it is.",
  },
  {
    field: "only_lead_can_change_status",
    label: "Only the lead agent moves tasks",
    about: "Worker agents report; the board's lead moves tasks on. People may always move them.",
  },
] as const satisfies { field: keyof Board; label: string; about: string }[];

type Rule = (typeof RULES)[number]["field"];

/** The settings as the form holds them. */
export interface BoardForm {
  name: string;
  description: string;
  type: string;
  objective: string;
  /** The measure as a sentence; as JSON where agents or scripts have given it a shape of its own. */
  metric: string;
  targetDate: string;
  maxAgents: string;
  /** The id of the gateway, or `NONE`. */
  gateway: string;
  /** The id of the group, or `NONE`. */
  group: string;
  rules: Record<Rule, boolean>;
}

/** The value of a choice that chooses nothing. */
export const NONE = "none";

// The server keeps measures as an object; the console writes a sentence under this name.
const METRIC = "summary";

/** Fills the form from a board. */
export function toForm(board: Board): BoardForm {
  return {
    name: board.name,
    description: board.description,
    type: board.board_type === "goal" ? "goal" : "general",
    objective: board.objective ?? "",
    metric: toMetric(board),
    targetDate: toDateField(board.target_date),
    maxAgents: String(board.max_agents),
    gateway: board.gateway_id ?? NONE,
    group: board.board_group_id ?? NONE,
    rules: Object.fromEntries(RULES.map(({ field }) => [field, board[field]])) as Record<Rule, boolean>,
  };
}

/** Only what differs from the board, so that nobody else's change is overwritten. */
export function changesOf(form: BoardForm, board: Board): BoardUpdate {
  const before = toForm(board);
  const changes: BoardUpdate = {};
  if (form.name.trim() !== before.name) changes.name = form.name.trim();
  if (form.description.trim() !== before.description) changes.description = form.description.trim();
  if (form.type !== before.type) changes.board_type = form.type;
  if (form.objective.trim() !== before.objective) changes.objective = form.objective.trim() || null;
  if (form.metric.trim() !== before.metric) {
    changes.success_metrics = hasOwnMetrics(board) ? toMetrics(form.metric) : toSentence(form.metric);
  }
  if (form.targetDate !== before.targetDate) changes.target_date = fromDateField(form.targetDate);
  if (form.gateway !== before.gateway) changes.gateway_id = form.gateway === NONE ? null : form.gateway;
  if (form.group !== before.group) changes.board_group_id = form.group === NONE ? null : form.group;
  if (form.maxAgents !== before.maxAgents) changes.max_agents = Number(form.maxAgents);
  for (const { field } of RULES) {
    if (form.rules[field] !== before.rules[field]) changes[field] = form.rules[field];
  }
  return changes;
}

/** Whether the measure of a board has a shape that one sentence cannot show; the form has it as JSON then. */
export function hasOwnMetrics(board: Board): boolean {
  const metrics = board.success_metrics;
  if (!metrics) return false;
  return Object.keys(metrics).length !== 1 || typeof metrics[METRIC] !== "string";
}

/** What is wrong with a measure that is typed as JSON. */
export function metricsProblem(text: string): string | null {
  return text.trim() && !toMetrics(text) ? "This is not an object in JSON." : null;
}

function toMetric(board: Board): string {
  const metrics = board.success_metrics;
  if (!metrics) return "";
  return hasOwnMetrics(board) ? JSON.stringify(metrics, null, 2) : String(metrics[METRIC]);
}

function toSentence(text: string): BoardUpdate["success_metrics"] {
  return text.trim() ? { [METRIC]: text.trim() } : null;
}

function toMetrics(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
