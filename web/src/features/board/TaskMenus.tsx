import { Menu as Base } from "@base-ui/react/menu";
import { CircleCheck, Copy, Link2, MessageSquare, Trash2, UserRound } from "lucide-react";
import { useRef } from "react";
import type { TaskCard } from "@/api/types";
import { MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { NOBODY } from "@/features/task/assignee";
import { copyTaskLink } from "@/features/task/link";
import { useDuplicateTask } from "@/features/task/mutations";
import { STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";
import { useEdit } from "@/features/task/useEdit";
import { useBoard } from "./context";
import { useSelection } from "./selection";

/** Which menu of a task. */
export type MenuKind = "actions" | "assign";

interface TaskMenusProps {
  kind: MenuKind;
  task: string;
  /** What the menu opens beside: a card, a row, or a button of one. */
  anchor: Element;
  onClose: () => void;
}

/**
 * The menus of cards and rows. There is one for all of them: a menu in each of a hundred cards would be most of what
 * a board has to draw.
 */
export function TaskMenus({ kind, task: id, anchor, onClose }: TaskMenusProps) {
  const { tasks } = useBoard();
  const task = tasks.find((entry) => entry.id === id);
  const link = useRef<HTMLElement | null>(null);
  if (!task) return null;
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} className="z-50 outline-none" sideOffset={4} align="end">
          <Base.Popup
            aria-label={kind === "assign" ? `Assign “${task.title}”` : `Actions for “${task.title}”`}
            className="popup max-h-(--available-height) w-60 overflow-y-auto p-1"
            finalFocus={() => {
              link.current = anchor.matches("a, button") ? (anchor as HTMLElement) : anchor.querySelector("a");
              return link.current ?? true;
            }}
          >
            {kind === "assign" ? <AssignItems task={task} /> : <ActionItems task={task} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function ActionItems({ task }: { task: TaskCard }) {
  const { boardId, judge, move, keepFocus, openTask, remove, write } = useBoard();
  const selection = useSelection();
  const duplicate = useDuplicateTask(boardId);
  return (
    <>
      <MenuGroup label="Move to">
        {STATUSES.map((status) => {
          const verdict = judge(task, status);
          const here = task.status === status;
          return (
            <MenuItem
              key={status}
              icon={<StatusIcon status={status} />}
              note={here ? "It is here." : verdict.needsComment ? "Asks for a comment." : verdict.reason}
              disabled={here || verdict.outcome === "refused" || !write.allowed}
              onClick={() => {
                keepFocus(task.id);
                move(task, status);
              }}
            >
              {STATUS_LABEL[status]}
            </MenuItem>
          );
        })}
      </MenuGroup>
      <MenuSeparator />
      <MenuItem icon={<CircleCheck size={14} />} hint="X" onClick={() => selection.toggle(task.id)}>
        {selection.has(task.id) ? "Take out of the selection" : "Select"}
      </MenuItem>
      <MenuItem icon={<MessageSquare size={14} />} hint="C" onClick={() => openTask(task.id, "comment")}>
        Comment…
      </MenuItem>
      <MenuItem
        icon={<Copy size={14} />}
        disabled={!write.allowed}
        note={write.reason}
        onClick={() => void duplicate(task)}
      >
        Duplicate
      </MenuItem>
      <MenuItem icon={<Link2 size={14} />} onClick={() => void copyTaskLink(boardId, task.id)}>
        Copy link
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        danger
        icon={<Trash2 size={14} />}
        hint="Del"
        disabled={!write.allowed}
        note={write.reason}
        onClick={() => remove([task])}
      >
        Delete
      </MenuItem>
    </>
  );
}

function AssignItems({ task }: { task: TaskCard }) {
  const { snapshot, write, announce } = useBoard();
  const { edit } = useEdit(task);
  const choices = [{ id: NOBODY, name: "Nobody", is_board_lead: false }, ...snapshot.agents];
  return (
    <MenuGroup label="Assign to">
      {choices.map((agent) => {
        const here = (task.assigned_agent_id ?? NOBODY) === agent.id;
        return (
          <MenuItem
            key={agent.id}
            icon={<UserRound size={14} />}
            note={here ? "Has it." : agent.is_board_lead ? "Lead" : null}
            disabled={here || !write.allowed}
            onClick={() => {
              announce(`${task.title}: ${agent.id === NOBODY ? "assigned to nobody" : `assigned to ${agent.name}`}.`);
              void edit({ assigned_agent_id: agent.id === NOBODY ? null : agent.id });
            }}
          >
            {agent.name}
          </MenuItem>
        );
      })}
    </MenuGroup>
  );
}
