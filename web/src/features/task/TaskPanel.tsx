import { Link2, SearchX, Trash2 } from "lucide-react";
import { useState } from "react";
import type { TaskCard } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Sheet } from "@/components/ui/Sheet";
import { useBoard } from "@/features/board/context";
import { copyText } from "@/lib/clipboard";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { Comments } from "./Comments";
import { Dependencies } from "./Dependencies";
import { useDeleteTask } from "./mutations";
import { TaskDescription } from "./TaskDescription";
import { TaskProperties } from "./TaskProperties";
import { TaskTitle } from "./TaskTitle";

interface TaskPanelProps {
  taskId: string | undefined;
  commentId: string | undefined;
  onClose: () => void;
}

/** Everything about one task, beside the board. */
export default function TaskPanel({ taskId, commentId, onClose }: TaskPanelProps) {
  const { tasks, write } = useBoard();
  const [deleting, setDeleting] = useState(false);
  const task = tasks.find((entry) => entry.id === taskId);

  async function copyLink() {
    const link = new URL(location.pathname, location.origin);
    link.searchParams.set("taskId", taskId ?? "");
    if (await copyText(link.href)) notifySuccess("Link copied");
    else notifyError("The browser did not allow copying. The link is in the address bar.");
  }

  return (
    <Sheet
      open={taskId !== undefined}
      onClose={onClose}
      title={task?.title ?? "Task"}
      heading={<span className="text-sm text-ink-3">Task</span>}
      actions={
        task && (
          <>
            <IconButton label="Copy link" onClick={copyLink}>
              <Link2 size={16} />
            </IconButton>
            <IconButton label="Delete task" reason={write.reason} onClick={() => setDeleting(true)}>
              <Trash2 size={15} />
            </IconButton>
          </>
        )
      }
    >
      {task ? (
        <TaskContent key={task.id} task={task} commentId={commentId} />
      ) : (
        <EmptyState
          icon={<SearchX size={20} />}
          title="This task is not on the board"
          action={<Button onClick={onClose}>Close</Button>}
        >
          It may have been deleted, or the link belongs to another board.
        </EmptyState>
      )}
      {task && deleting && <DeleteTask task={task} onClose={() => setDeleting(false)} onDeleted={onClose} />}
    </Sheet>
  );
}

function TaskContent({ task, commentId }: { task: TaskCard; commentId: string | undefined }) {
  const { snapshot } = useBoard();
  useTitle(task.title, snapshot.board.name);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="space-y-5 px-5 py-4">
        <TaskTitle task={task} />
        <TaskProperties task={task} />
        <TaskDescription task={task} />
        <Dependencies task={task} />
      </div>
      <Comments task={task} commentId={commentId} />
    </div>
  );
}

function DeleteTask({ task, onClose, onDeleted }: { task: TaskCard; onClose: () => void; onDeleted: () => void }) {
  const { boardId, tasks } = useBoard();
  const remove = useDeleteTask(boardId);
  const waiting = tasks.filter((other) => other.depends_on_task_ids?.includes(task.id));
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title="Delete this task?"
      action="Delete task"
      onConfirm={async () => {
        await remove.mutateAsync(task.id);
        onDeleted();
        notifySuccess(`Deleted “${task.title}”`);
      }}
    >
      <p>
        “{task.title}” and its comments will be gone for good.
        {waiting.length > 0 &&
          ` ${waiting.length === 1 ? "One task waits" : `${waiting.length} tasks wait`} for it and will wait no longer.`}
      </p>
    </ConfirmDialog>
  );
}
