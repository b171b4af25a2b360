import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from "react";

/** Which tasks are chosen for what is done to several at once. */
export interface Selection {
  /** Chooses a task, or no longer; `order` and `range` choose all from the last one chosen to this. */
  toggle: (task: string, options?: { range?: boolean; order?: string[] }) => void;
  set: (tasks: Iterable<string>) => void;
  clear: () => void;
  has: (task: string) => boolean;
  all: () => ReadonlySet<string>;
  subscribe: (listener: () => void) => () => void;
}

/** Makes an empty selection. Its listeners are the cards themselves, so that choosing one draws only that one anew. */
export function createSelection(): Selection {
  let chosen: ReadonlySet<string> = new Set();
  let anchor: string | null = null;
  const listeners = new Set<() => void>();
  const become = (next: ReadonlySet<string>) => {
    chosen = next;
    for (const listener of listeners) listener();
  };
  return {
    toggle(task, { range = false, order = [] } = {}) {
      const next = new Set(chosen);
      const [from, to] = [order.indexOf(anchor ?? ""), order.indexOf(task)];
      if (range && from >= 0 && to >= 0) {
        for (const entry of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(entry);
      } else if (!next.delete(task)) {
        next.add(task);
      }
      anchor = task;
      become(next);
    },
    set: (tasks) => become(new Set(tasks)),
    clear() {
      anchor = null;
      if (chosen.size > 0) become(new Set());
    },
    has: (task) => chosen.has(task),
    all: () => chosen,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const SelectionContext = createContext<Selection | null>(null);

/** Gives the parts of a board page one selection. */
export function SelectionProvider({ children }: { children: ReactNode }) {
  const [selection] = useState(createSelection);
  return <SelectionContext value={selection}>{children}</SelectionContext>;
}

/** The selection of the board around this component; reading it does not follow its changes. */
export function useSelection(): Selection {
  const selection = useContext(SelectionContext);
  if (!selection) throw new Error("useSelection needs a SelectionProvider above it");
  return selection;
}

/** Whether a task is chosen, renewed when that changes. */
export function useIsChosen(task: string): boolean {
  const selection = useSelection();
  return useSyncExternalStore(selection.subscribe, () => selection.has(task));
}

/** Everything that is chosen, renewed with every change. */
export function useChosen(): ReadonlySet<string> {
  const selection = useSelection();
  return useSyncExternalStore(selection.subscribe, selection.all);
}

/** Whether anything is chosen. */
export function useIsChoosing(): boolean {
  const selection = useSelection();
  return useSyncExternalStore(selection.subscribe, () => selection.all().size > 0);
}
