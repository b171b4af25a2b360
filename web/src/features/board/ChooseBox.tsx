import { useRef } from "react";
import type { TaskCard } from "@/api/types";
import { Checkbox } from "@/components/ui/Checkbox";
import { useIsChosen, useSelection } from "./selection";

/** The box that chooses a task; with Shift all from the last one chosen to it. */
export function ChooseBox({ task, order }: { task: TaskCard; order: () => string[] }) {
  const selection = useSelection();
  const chosen = useIsChosen(task.id);
  const shift = useRef(false);
  return (
    <span
      className="grid"
      onPointerDownCapture={(event) => {
        shift.current = event.shiftKey;
      }}
      onKeyDownCapture={(event) => {
        shift.current = event.shiftKey;
      }}
    >
      <Checkbox
        compact
        label={`Select “${task.title}”`}
        checked={chosen}
        onChange={() => selection.toggle(task.id, { range: shift.current, order: order() })}
      />
    </span>
  );
}
