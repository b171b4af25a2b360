import { useEffect, useRef } from "react";

/** Opens the sheet of keyboard shortcuts, wherever it is mounted. */
export function showShortcuts(): void {
  dispatchEvent(new CustomEvent("mc-shortcuts"));
}

/** Runs when somebody asks for the sheet of shortcuts. */
export function useShowShortcuts(show: () => void): void {
  const latest = useRef(show);
  latest.current = show;
  useEffect(() => {
    const listener = () => latest.current();
    addEventListener("mc-shortcuts", listener);
    return () => removeEventListener("mc-shortcuts", listener);
  }, []);
}

/** Whether a key press belongs to a field or an open dialog rather than to the page. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target?.closest) return false;
  if (target.closest("input, textarea, select, [contenteditable]")) return true;
  return document.querySelector("[role=menu], [role=listbox], [data-modal]") !== null;
}

/**
 * Page-wide single keys, such as `n` or `/`. They do not fire while somebody types or a menu is open, nor together
 * with Ctrl, Alt or Meta.
 */
export function useShortcuts(shortcuts: Record<string, () => void>): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
