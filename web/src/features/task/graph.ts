import type { BoardSnapshot, Task, TaskCard } from "@/api/types";

/**
 * A board with one task put in or replaced by a newer version. An older version than the known one changes nothing, so
 * that late events cannot undo later ones.
 */
export function upsertTask(snapshot: BoardSnapshot, task: Task): BoardSnapshot {
  const known = snapshot.tasks.find((entry) => entry.id === task.id);
  if (known && known.updated_at > task.updated_at) return snapshot;
  const card: TaskCard = {
    approvals_count: 0,
    approvals_pending_count: 0,
    ...known,
    ...task,
    assignee: snapshot.agents.find((agent) => agent.id === task.assigned_agent_id)?.name ?? null,
  };
  const tasks = known
    ? snapshot.tasks.map((entry) => (entry.id === card.id ? card : entry))
    : [card, ...snapshot.tasks];
  return { ...snapshot, tasks: withBlockers(tasks, card.id) };
}

/** A board without one task; what waited for it waits no longer. */
export function removeTask(snapshot: BoardSnapshot, id: string): BoardSnapshot {
  if (!snapshot.tasks.some((task) => task.id === id)) return snapshot;
  const rest = snapshot.tasks
    .filter((task) => task.id !== id)
    .map((task) =>
      task.depends_on_task_ids?.includes(id)
        ? { ...task, depends_on_task_ids: task.depends_on_task_ids.filter((other) => other !== id) }
        : task,
    );
  return { ...snapshot, tasks: withBlockers(rest, null) };
}

/** Tasks whose blocked state follows from the states of the others; only `changed` and its dependents are looked at. */
function withBlockers(tasks: TaskCard[], changed: string | null): TaskCard[] {
  const done = new Set(tasks.filter((task) => task.status === "done").map((task) => task.id));
  return tasks.map((task) => {
    const dependencies = task.depends_on_task_ids ?? [];
    if (changed !== null && task.id !== changed && !dependencies.includes(changed)) return task;
    const blockers = task.status === "done" ? [] : dependencies.filter((id) => !done.has(id));
    const same = blockers.join() === (task.blocked_by_task_ids ?? []).join();
    return same && task.is_blocked === blockers.length > 0
      ? task
      : { ...task, blocked_by_task_ids: blockers, is_blocked: blockers.length > 0 };
  });
}
