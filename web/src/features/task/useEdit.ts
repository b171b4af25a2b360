import { ApiError, messageOf } from "@/api/errors";
import type { TaskCard, TaskUpdate } from "@/api/types";
import { useBoard } from "@/features/board/context";
import { notifyError } from "@/lib/notify";
import { useUpdateTask } from "./mutations";

/** Changes tasks in place; a refusal takes the change back and says why, with the titles of the tasks in the way. */
export function useEditTask() {
  const { boardId, tasks } = useBoard();
  const update = useUpdateTask(boardId);
  const edit = async (task: TaskCard, changes: TaskUpdate): Promise<boolean> => {
    try {
      await update.mutateAsync({ task, changes });
      return true;
    } catch (error) {
      const blockers = error instanceof ApiError ? error.blockedByTaskIds : [];
      const titles = tasks.filter((other) => blockers.includes(other.id)).map((other) => `• ${other.title}`);
      notifyError("The change was not saved", {
        description: [messageOf(error), ...titles].join("\n"),
        descriptionClassName: "whitespace-pre-line",
      });
      return false;
    }
  };
  return { edit, saving: update.isPending };
}

/** Changes one task in place, as `useEditTask` does. */
export function useEdit(task: TaskCard) {
  const { edit, saving } = useEditTask();
  return { edit: (changes: TaskUpdate) => edit(task, changes), saving };
}
