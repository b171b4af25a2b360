import { Combobox } from "@base-ui/react/combobox";
import { X } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/Button";
import { useBoard } from "@/features/board/context";
import { STATUS_LABEL, StatusIcon } from "./status";

interface TaskPickerProps {
  id?: string;
  "aria-describedby"?: string;
  "aria-label"?: string;
  chosen: string[];
  /** Tasks that cannot be chosen, besides those that already are. */
  exclude: string[];
  disabled?: boolean;
  onAdd: (id: string) => void;
  onRemove: (id: string) => void;
  /** Called when a chosen task is pressed. */
  onOpen?: (id: string) => void;
}

interface Choice {
  value: string;
  label: string;
}

/** Chooses tasks of the board by typing a part of their titles. */
export function TaskPicker({ chosen, exclude, disabled, onAdd, onRemove, onOpen, ...rest }: TaskPickerProps) {
  const { tasks } = useBoard();
  const [text, setText] = useState("");
  const choices: Choice[] = tasks
    .filter((task) => !chosen.includes(task.id) && !exclude.includes(task.id))
    .map((task) => ({ value: task.id, label: task.title || "Untitled task" }));
  return (
    <div className="space-y-1.5">
      {chosen.length > 0 && (
        <ul className="divide-y divide-line rounded-md border border-line">
          {chosen.map((id) => {
            const task = tasks.find((entry) => entry.id === id);
            return (
              <li key={id} className="flex min-h-9 items-center gap-2 pr-1 pl-2.5">
                {task && <StatusIcon status={task.status} />}
                {onOpen && task ? (
                  <button
                    type="button"
                    className="min-w-0 flex-1 truncate text-left hover:underline"
                    onClick={() => onOpen(id)}
                  >
                    {task.title}
                    <span className="sr-only"> ({STATUS_LABEL[task.status]})</span>
                  </button>
                ) : (
                  <span className="min-w-0 flex-1 truncate">{task?.title ?? "A task that is not on this board"}</span>
                )}
                {!disabled && (
                  <IconButton label={`Remove ${task?.title ?? "dependency"}`} size="sm" onClick={() => onRemove(id)}>
                    <X size={14} />
                  </IconButton>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {!disabled && (
        <Combobox.Root
          items={choices}
          value={null}
          inputValue={text}
          onInputValueChange={setText}
          onValueChange={(choice: Choice | null) => {
            if (!choice) return;
            onAdd(choice.value);
            setText("");
          }}
        >
          <Combobox.Input {...rest} placeholder="Add a task…" className="field h-8 max-md:h-10" />
          <Combobox.Portal>
            <Combobox.Positioner className="z-50 outline-none" sideOffset={4}>
              <Combobox.Popup className="popup max-h-64 w-(--anchor-width) overflow-y-auto p-1">
                <Combobox.Empty className="px-2 py-1.5 text-sm text-ink-3 empty:hidden">
                  No other task has this in its title.
                </Combobox.Empty>
                <Combobox.List>
                  {(choice: Choice) => {
                    const status = tasks.find((task) => task.id === choice.value)?.status;
                    return (
                      <Combobox.Item key={choice.value} value={choice} className="menu-item">
                        {status && <StatusIcon status={status} />}
                        <span className="truncate">{choice.label}</span>
                      </Combobox.Item>
                    );
                  }}
                </Combobox.List>
              </Combobox.Popup>
            </Combobox.Positioner>
          </Combobox.Portal>
        </Combobox.Root>
      )}
    </div>
  );
}
