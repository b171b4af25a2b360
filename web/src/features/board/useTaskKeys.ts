import type { KeyboardEvent } from "react";
import type { TaskCard } from "@/api/types";
import { useBoard } from "./context";
import { useSelection } from "./selection";

interface Options {
  task: TaskCard;
  /** The ids of the tasks among which it stands, in their order. */
  order: () => string[];
  /** Moves the focus to the task after it (1) or before it (-1). */
  onStep: (by: 1 | -1) => void;
}

/** The keys of a focused card or row: J K X M A C E, Delete and Escape. True when the key was one of them. */
export function useTaskKeys({ task, order, onStep }: Options): (event: KeyboardEvent<HTMLElement>) => boolean {
  const { tasks, write, remove, openTask, openMenu, announce } = useBoard();
  const selection = useSelection();
  const choose = (range: boolean) => {
    selection.toggle(task.id, { range, order: order() });
    const count = selection.all().size;
    announce(`${task.title} ${selection.has(task.id) ? "selected" : "taken out"}. ${count} selected.`);
  };
  const erase = () => {
    if (!write.allowed) return;
    const chosen = selection.has(task.id) ? tasks.filter((entry) => selection.has(entry.id)) : [task];
    // The focus goes on before the card is gone.
    const ids = order();
    const next = ids.slice(ids.indexOf(task.id)).find((id) => !chosen.some((entry) => entry.id === id));
    if (next) onStep(1);
    selection.clear();
    remove(chosen);
    announce(chosen.length === 1 ? `${task.title} deleted.` : `${chosen.length} tasks deleted.`);
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const keys: Record<string, () => void> = {
      j: () => onStep(1),
      k: () => onStep(-1),
      x: () => choose(event.shiftKey),
      m: () => openMenu("actions", task, event.currentTarget),
      a: () => openMenu("assign", task, event.currentTarget),
      c: () => openTask(task.id, "comment"),
      e: () => openTask(task.id, "title"),
      delete: erase,
      backspace: erase,
    };
    if (selection.all().size > 0) keys.escape = () => selection.clear();
    const action = keys[event.key.toLowerCase()];
    if (!action) return false;
    event.preventDefault();
    action();
    return true;
  };
}
