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
