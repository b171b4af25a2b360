import { useEffect, useRef } from "react";

/** Whether a key press belongs to a field or an open dialog rather than to the page. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target?.closest) return false;
  if (target.closest("input, textarea, select, [contenteditable]")) return true;
  return document.querySelector("[role=menu], [role=listbox], [data-modal]") !== null;
}

/**
 * Page-wide single keys, such as `n` or `/`. They do not fire while somebody types or a menu is open, nor together
 * with Ctrl, Alt or Meta. An action that returns `false` leaves the key to others.
 */
export function useShortcuts(shortcuts: Record<string, () => unknown>): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      const action = latest.current[event.key];
      if (action && action() !== false) event.preventDefault();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
