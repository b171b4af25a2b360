import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import type { Task, TaskCard, TaskCreate, TaskUpdate } from "@/api/types";
import { patchSnapshot, upsertComment } from "@/live/apply";
import { removeTask, upsertTask } from "./graph";

/** A change of one task that is on its way to the server. */
export interface TaskChange {
  task: TaskCard;
  changes: TaskUpdate;
}

const updateKey = (board: string) => ["board", board, "update-task"];

/** Changes fields of a task. Only what is given is sent, so that nobody else's edit is overwritten. */
export function useUpdateTask(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationKey: updateKey(board),
    mutationFn: ({ task, changes }: TaskChange) =>
      call(
        client.PATCH("/api/v1/boards/{board_id}/tasks/{task_id}", {
          params: { path: { board_id: board, task_id: task.id } },
          body: changes,
        }),
      ) as Promise<Task>,
    onSuccess: (task) => patchSnapshot(cache, board, (snapshot) => upsertTask(snapshot, task)),
  });
}

/**
 * The tasks with the changes that are on their way laid over them. Nothing in the cache is touched before the server
 * agrees: when it refuses, only the one change disappears, and what came in meanwhile stays.
 */
export function useTasksWithPending(board: string, tasks: TaskCard[]): TaskCard[] {
  const pending = useMutationState({
    filters: { mutationKey: updateKey(board), status: "pending" },
    select: (mutation) => mutation.state.variables as TaskChange,
  });
  return overlay(tasks, pending);
}

/** Lays changes over tasks; later changes win. */
export function overlay(tasks: TaskCard[], pending: TaskChange[]): TaskCard[] {
  if (pending.length === 0) return tasks;
  const byTask = new Map<string, Partial<TaskCard>>();
  for (const { task, changes } of pending) {
    const { comment: _comment, ...fields } = changes;
    const shown = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    byTask.set(task.id, { ...byTask.get(task.id), ...(shown as Partial<TaskCard>) });
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

/** Deletes a task for good. */
export function useDeleteTask(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (task: string) =>
      call(
        client.DELETE("/api/v1/boards/{board_id}/tasks/{task_id}", {
          params: { path: { board_id: board, task_id: task } },
        }),
      ),
    onSuccess: (_answer, task) => patchSnapshot(cache, board, (snapshot) => removeTask(snapshot, task)),
  });
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
