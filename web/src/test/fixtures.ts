import type { Agent, Approval, Board, BoardSnapshot, Memory, Task, TaskCard, TaskComment } from "@/api/types";
import type { Change } from "@/live/types";

export const BOARD = "00000000-0000-4000-8000-0000000000b0";

export function board(overrides: Partial<Board> = {}): Board {
  return {
    id: BOARD,
    organization_id: "org",
    name: "Launch",
    slug: "launch",
    description: "The launch",
    board_type: "general",
    gateway_id: null,
    board_group_id: null,
    objective: null,
    success_metrics: null,
    target_date: null,
    goal_confirmed: false,
    goal_source: null,
    require_approval_for_done: false,
    require_review_before_done: false,
    comment_required_for_review: false,
    block_status_changes_with_pending_approval: false,
    only_lead_can_change_status: false,
    max_agents: 1,
    created_at: "2026-01-01T00:00:00",
    updated_at: "2026-01-01T00:00:00",
    ...overrides,
  };
}

export function task(id: string, overrides: Partial<Task> = {}): Task {
  return {
    id,
    board_id: BOARD,
    title: `Task ${id}`,
    description: null,
    status: "inbox",
    priority: "medium",
    due_at: null,
    assigned_agent_id: null,
    depends_on_task_ids: [],
    blocked_by_task_ids: [],
    is_blocked: false,
    tag_ids: [],
    tags: [],
    custom_field_values: {},
    created_by_user_id: null,
    in_progress_at: null,
    created_at: "2026-01-01T00:00:00",
    updated_at: "2026-01-01T00:00:00",
    ...overrides,
  };
}

export function card(id: string, overrides: Partial<TaskCard> = {}): TaskCard {
  return { ...task(id), assignee: null, approvals_count: 0, approvals_pending_count: 0, ...overrides };
}

export function agent(id: string, name: string): Agent {
  return {
    id,
    name,
    board_id: BOARD,
    gateway_id: "gateway",
    status: "online",
    is_board_lead: false,
    is_gateway_main: false,
    presence: "online",
    lifecycle_state: "ready",
    lifecycle_generation: 0,
    wake_attempts: 0,
    missed_checkins: 0,
    created_at: "2026-01-01T00:00:00",
    updated_at: "2026-01-01T00:00:00",
  };
}

export function snapshot(tasks: TaskCard[], overrides: Partial<BoardSnapshot> = {}): BoardSnapshot {
  return {
    board: board(),
    tasks,
    agents: [agent("a1", "Nova")],
    approvals: [],
    chat_messages: [],
    pending_approvals_count: 0,
    ...overrides,
  };
}

export function approval(id: string, overrides: Partial<Approval> = {}): Approval {
  return {
    id,
    board_id: BOARD,
    action_type: "task.execute",
    status: "pending",
    confidence: 80,
    task_ids: [],
    task_titles: [],
    created_at: "2026-01-01T00:00:00",
    ...overrides,
  };
}

export function comment(id: string, created_at: string): TaskComment {
  return { id, message: `Comment ${id}`, agent_id: null, task_id: "t1", created_at };
}

export function memory(id: string, overrides: Partial<Memory> = {}): Memory {
  return {
    id,
    board_id: BOARD,
    content: `Memory ${id}`,
    tags: ["chat"],
    source: "Ada",
    is_chat: true,
    created_at: "2026-01-01T00:00:00",
    ...overrides,
  };
}

export function change(type: string, overrides: Partial<Change> = {}): Change {
  return {
    position: 1,
    id: `event-${type}`,
    type,
    organization_id: "org",
    board_id: BOARD,
    task_id: null,
    agent_id: null,
    user_id: null,
    message: null,
    created_at: "2026-01-01T00:00:00",
    data: {},
    ...overrides,
  };
}
