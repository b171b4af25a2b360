import { ArrowRightLeft } from "lucide-react";
import type { TaskCard } from "@/api/types";
import { IconButton } from "@/components/ui/Button";
import { Menu, MenuGroup, MenuItem } from "@/components/ui/Menu";
import { useBoard } from "@/features/board/context";
import { STATUS_LABEL, STATUSES, StatusIcon } from "./status";

interface MoveMenuProps {
  task: TaskCard;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** Moves a task to another state; says beforehand which moves the board's rules refuse. */
export function MoveMenu({ task, open, onOpenChange }: MoveMenuProps) {
  const { judge, move, keepFocus, write } = useBoard();
  return (
    <Menu
      align="end"
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <IconButton label="Move to…" size="sm" aria-label={`Move “${task.title}” to…`} reason={write.reason}>
          <ArrowRightLeft size={14} />
        </IconButton>
      }
    >
      <MenuGroup label="Move to">
        {STATUSES.map((status) => {
          const verdict = judge(task, status);
          const here = task.status === status;
          return (
            <MenuItem
              key={status}
              icon={<StatusIcon status={status} />}
              note={here ? "It is here." : verdict.needsComment ? "Asks for a comment." : verdict.reason}
              disabled={here || verdict.outcome === "refused"}
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
    </Menu>
  );
}
