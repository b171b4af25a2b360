import {
  Activity as ActivityIcon,
  CirclePause,
  CirclePlay,
  Columns3,
  Link2,
  MessageSquare,
  NotebookText,
  Plus,
  ShieldCheck,
  Trash2,
  UserRound,
} from "lucide-react";
import type { TaskCard } from "@/api/types";
import { useCommands } from "@/features/shell/commands";
import { copyTaskLink } from "@/features/task/link";
import { STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";
import { useEdit } from "@/features/task/useEdit";
import { useBoard } from "./context";
import { usePause } from "./pause";
import type { Panel } from "./search";

interface BoardCommandsProps {
  /** The open task. */
  taskId: string | undefined;
  onCreate: () => void;
  onPanel: (panel: Panel) => void;
  onToggleView: () => void;
}

/** What can be done on this board and with its open task, for the palette. */
export function BoardCommands({ taskId, onCreate, onPanel, onToggleView }: BoardCommandsProps) {
  const { boardId, snapshot, tasks, write } = useBoard();
  const pause = usePause(boardId);
  const paused = Boolean(snapshot.board.paused_at);
  const task = tasks.find((entry) => entry.id === taskId);
  const { reason } = write;
  useCommands([
    {
      heading: snapshot.board.name || "This board",
      commands: [
        { title: "New task", words: "create add", icon: <Plus size={15} />, reason, run: onCreate },
        paused
          ? {
              title: "Resume the agents of this board",
              words: "start go on",
              icon: <CirclePlay size={15} />,
              reason,
              run: () => pause.mutate(false),
            }
          : {
              title: "Pause the agents of this board",
              words: "stop halt emergency",
              icon: <CirclePause size={15} />,
              reason,
              run: () => pause.mutate(true),
            },
        { title: "Open the chat", words: "message", icon: <MessageSquare size={15} />, run: () => onPanel("chat") },
        { title: "Open the notes", words: "memory", icon: <NotebookText size={15} />, run: () => onPanel("notes") },
        {
          title: "Open the approvals of this board",
          words: "decide waiting",
          icon: <ShieldCheck size={15} />,
          run: () => onPanel("approvals"),
        },
        {
          title: "Open the activity of this board",
          words: "events feed history",
          icon: <ActivityIcon size={15} />,
          run: () => onPanel("activity"),
        },
        {
          title: "Switch between board and list",
          words: "view kanban table",
          icon: <Columns3 size={15} />,
          run: onToggleView,
        },
      ],
    },
  ]);
  return task ? <TaskCommands task={task} /> : null;
}

/** What can be done with the open task. */
function TaskCommands({ task }: { task: TaskCard }) {
  const { boardId, snapshot, write, judge, move, remove } = useBoard();
  const { edit } = useEdit(task);
  const { reason } = write;
  useCommands([
    {
      heading: task.title || "This task",
      commands: [
        ...STATUSES.filter((status) => status !== task.status).map((status) => {
          const verdict = judge(task, status);
          return {
            title: `Move to ${STATUS_LABEL[status]}`,
            words: "status",
            icon: <StatusIcon status={status} />,
            reason: reason ?? (verdict.outcome === "refused" ? verdict.reason : null),
            run: () => move(task, status),
          };
        }),
        ...snapshot.agents
          .filter((agent) => agent.id !== task.assigned_agent_id)
          .map((agent) => ({
            title: `Assign to ${agent.name}`,
            icon: <UserRound size={15} />,
            reason,
            run: () => edit({ assigned_agent_id: agent.id }),
          })),
        ...(task.assigned_agent_id
          ? [
              {
                title: "Assign to nobody",
                icon: <UserRound size={15} />,
                reason,
                run: () => edit({ assigned_agent_id: null }),
              },
            ]
          : []),
        {
          title: "Copy the link to this task",
          icon: <Link2 size={15} />,
          run: () => copyTaskLink(boardId, task.id),
        },
        { title: "Delete this task", icon: <Trash2 size={15} />, reason, run: () => remove([task]) },
      ],
    },
  ]);
  return null;
}
