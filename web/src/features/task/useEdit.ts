import { ApiError, messageOf } from "@/api/errors";
import type { TaskCard, TaskUpdate } from "@/api/types";
import { useBoard } from "@/features/board/context";
import { notifyError } from "@/lib/notify";
import { useUpdateTask } from "./mutations";

/** Changes a task in place; a refusal takes the change back and says why, with the titles of the tasks in the way. */
export function useEdit(task: TaskCard) {
  const { boardId, tasks } = useBoard();
  const update = useUpdateTask(boardId);
  const edit = async (changes: TaskUpdate): Promise<boolean> => {
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
