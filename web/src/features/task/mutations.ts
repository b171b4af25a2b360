import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { call, client } from "@/api/client";
import { ApiError, messageOf } from "@/api/errors";
import type { Task, TaskCard, TaskCreate, TaskUpdate } from "@/api/types";
import { notifyError, notifySuccess } from "@/lib/notify";
import { patchSnapshot, upsertComment } from "@/live/apply";
import { removeTask, upsertTask } from "./graph";
import { holdDelete, UNDO_MS, useHeldDeletes } from "./heldDeletes";

/** A change of one task that is on its way to the server. */
export interface TaskChange {
  task: TaskCard;
  changes: TaskUpdate;
}

const updateKey = (board: string) => ["board", board, "update-task"];

// The last change of each task that is on its way.
const underWay = new Map<string, Promise<unknown>>();

/** Sends a change of a task after those before it are answered: two quick moves must not overtake each other. */
function inTurn<T>(task: string, send: () => Promise<T>): Promise<T> {
  const turn = underWay.get(task)?.then(send, send) ?? send();
  const done = () => {
    if (underWay.get(task) === turn) underWay.delete(task);
  };
  underWay.set(task, turn);
  turn.then(done, done);
  return turn;
}

/** Changes fields of a task. Only what is given is sent, so that nobody else's edit is overwritten. */
export function useUpdateTask(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationKey: updateKey(board),
    mutationFn: ({ task, changes }: TaskChange) =>
      inTurn(
        task.id,
        () =>
          call(
            client.PATCH("/api/v1/boards/{board_id}/tasks/{task_id}", {
              params: { path: { board_id: board, task_id: task.id } },
              body: changes,
            }),
          ) as Promise<Task>,
      ),
    onSuccess: (task) => patchSnapshot(cache, board, (snapshot) => upsertTask(snapshot, task)),
  });
}

/** What changes of tasks name by id and cards show by name. */
export interface Names {
  agents: readonly { id: string; name: string }[];
  tags: readonly { id: string; name: string; slug: string; color: string }[];
}

/**
 * The tasks with the changes that are on their way laid over them, without those that are about to be deleted. Nothing
 * in the cache is touched before the server agrees: when it refuses, only the one change disappears, and what came in
 * meanwhile stays.
 */
export function useTasksWithPending(board: string, tasks: TaskCard[], names: Names): TaskCard[] {
  const pending = useMutationState({
    filters: { mutationKey: updateKey(board), status: "pending" },
    select: (mutation) => mutation.state.variables as TaskChange,
  });
  const hidden = useHeldDeletes(board);
  return useMemo(() => {
    const left = hidden.size > 0 ? tasks.filter((task) => !hidden.has(task.id)) : tasks;
    return overlay(left, pending, names);
  }, [tasks, hidden, pending, names]);
}

/** Lays changes over tasks; later changes win. */
export function overlay(tasks: TaskCard[], pending: TaskChange[], names: Names): TaskCard[] {
  if (pending.length === 0) return tasks;
  const byTask = new Map<string, Partial<TaskCard>>();
  for (const { task, changes } of pending) {
    const { comment: _comment, custom_field_values, ...fields } = changes;
    const shown = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const before = byTask.get(task.id);
    byTask.set(task.id, {
      ...before,
      ...(shown as Partial<TaskCard>),
      ...(custom_field_values && {
        custom_field_values: { ...task.custom_field_values, ...before?.custom_field_values, ...custom_field_values },
      }),
      ...(changes.assigned_agent_id !== undefined && {
        assignee: names.agents.find((agent) => agent.id === changes.assigned_agent_id)?.name ?? null,
      }),
      ...(changes.tag_ids && {
        tags: changes.tag_ids.flatMap((id) => names.tags.find((tag) => tag.id === id) ?? []),
      }),
    });
  }
  return tasks.map((task) => {
    const changes = byTask.get(task.id);
    return changes ? { ...task, ...changes } : task;
  });
}

/** Creates a task. */
export function useCreateTask(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (task: TaskCreate) =>
      call(
        client.POST("/api/v1/boards/{board_id}/tasks", { params: { path: { board_id: board } }, body: task }),
      ) as Promise<Task>,
    // The event may have been faster; `upsertTask` does not mind.
    onSuccess: (task) => patchSnapshot(cache, board, (snapshot) => upsertTask(snapshot, task)),
  });
}

/** Makes a task like another one, in the inbox; what was said about it and decided stays with the first. */
export function useDuplicateTask(board: string): (task: TaskCard) => Promise<void> {
  const { mutateAsync } = useCreateTask(board);
  return async (task) => {
    try {
      const copy = await mutateAsync({
        title: `${task.title} (copy)`,
        description: task.description,
        status: "inbox",
        priority: task.priority,
        due_at: task.due_at,
        assigned_agent_id: task.assigned_agent_id,
        depends_on_task_ids: task.depends_on_task_ids ?? [],
        tag_ids: task.tag_ids ?? [],
        custom_field_values: task.custom_field_values ?? {},
      });
      notifySuccess(`Created “${copy.title}” in Inbox`);
    } catch (error) {
      notifyError(`“${task.title}” was not duplicated`, { description: messageOf(error) });
    }
  };
}

/** Deletes tasks; for some seconds a message offers to take that back, and the server does not know of it yet. */
export function useDeleteTasks(board: string): (tasks: TaskCard[]) => void {
  const cache = useQueryClient();
  return useCallback(
    (tasks: TaskCard[]) => {
      const undo = holdDelete(
        board,
        tasks.map((task) => task.id),
        (leaving) =>
          Promise.all(
            tasks.map(async (task) => {
              try {
                await deleteTask(board, task.id, leaving);
                patchSnapshot(cache, board, (snapshot) => removeTask(snapshot, task.id));
              } catch (error) {
                notifyError(`“${task.title}” was not deleted`, { description: messageOf(error) });
              }
            }),
          ),
      );
      const what = tasks.length === 1 ? `“${tasks[0]?.title}”` : `${tasks.length} tasks`;
      notifySuccess(`Deleted ${what}`, { duration: UNDO_MS, action: { label: "Undo", onClick: undo } });
    },
    [board, cache],
  );
}

async function deleteTask(board: string, task: string, leaving: boolean): Promise<void> {
  const path = { board_id: board, task_id: task };
  try {
    // With `keepalive` the request outlives the page.
    await call(client.DELETE("/api/v1/boards/{board_id}/tasks/{task_id}", { params: { path }, keepalive: leaving }));
  } catch (error) {
    // Somebody else was faster.
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** Adds a comment to a task. */
export function useAddComment(board: string, task: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (message: string) =>
      call(
        client.POST("/api/v1/boards/{board_id}/tasks/{task_id}/comments", {
          params: { path: { board_id: board, task_id: task } },
          body: { message },
        }),
      ),
    onSuccess: (comment) => upsertComment(cache, board, task, comment),
  });
}
