import { type RefObject, useEffect, useRef } from "react";

type Shortcuts = Record<string, () => unknown>;

// All shortcuts of the page behind one listener, so that a sequence such as `g b` belongs to nobody else in between.
const registered = new Set<RefObject<Shortcuts>>();

// So long may the second key of a sequence take.
const SEQUENCE_MS = 1_500;
let begun: { key: string; at: number } | null = null;

/** Whether a key press belongs to a field or an open dialog rather than to the page. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target?.closest) return false;
  if (target.closest("input, textarea, select, [contenteditable]")) return true;
  return document.querySelector("[role=menu], [role=listbox], [data-modal]") !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  // Shift alone is on the way to a key such as `?`.
  if (event.key === "Shift") return;
  const prefix = begun && event.timeStamp - begun.at < SEQUENCE_MS ? `${begun.key} ` : "";
  begun = null;
  const wanted = prefix + event.key;
  for (const { current } of registered) {
    const action = current[wanted];
    if (action && action() !== false) {
      event.preventDefault();
      return;
    }
  }
  const begins = (shortcuts: Shortcuts) => Object.keys(shortcuts).some((keys) => keys.startsWith(`${event.key} `));
  if (!prefix && [...registered].some(({ current }) => begins(current)))
    begun = { key: event.key, at: event.timeStamp };
}

/**
 * Page-wide keys, such as `n`, or two after another, such as `g b`. They do not fire while somebody types or a menu is
 * open, nor together with Ctrl, Alt or Meta. An action that returns `false` leaves the key to others.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    if (registered.size === 0) document.addEventListener("keydown", onKeyDown);
    registered.add(latest);
    return () => {
      registered.delete(latest);
      if (registered.size === 0) document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}
