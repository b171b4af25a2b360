import { type KeyboardEvent, type RefObject, useCallback } from "react";
import { useShortcuts } from "@/lib/shortcuts";

const MAIN = "[data-row-main]";

/** The attribute of a table or list of rows that `J` and `K` walk through. */
export const ROWS = "data-rows";

/**
 * Walks through the rows inside `box`: `J` and `K` anywhere on the page, the arrow keys, Home and End within. Of several
 * tables on a page, that one takes `J` and `K` which holds the focus, else the first.
 */
export function useRowKeys(box: RefObject<HTMLElement | null>): (event: KeyboardEvent) => void {
  const go = useCallback(
    (to: "next" | "previous" | "first" | "last"): boolean => {
      const rows = [...(box.current?.querySelectorAll<HTMLElement>(MAIN) ?? [])];
      const focused = document.activeElement;
      const at = rows.findIndex((row) => row === focused || row.closest("[data-row]")?.contains(focused));
      const target =
        to === "first" ? rows[0] : to === "last" ? rows.at(-1) : at < 0 ? rows[0] : rows[at + (to === "next" ? 1 : -1)];
      target?.focus();
      target?.scrollIntoView({ block: "nearest" });
      return target !== undefined;
    },
    [box],
  );
  const isMine = () => {
    const focused = document.activeElement?.closest(`[${ROWS}]`) ?? document.querySelector(`[${ROWS}]`);
    return focused === box.current;
  };
  useShortcuts({ j: () => isMine() && go("next"), k: () => isMine() && go("previous") });
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!(event.target as HTMLElement).matches(MAIN)) return;
    const to = { ArrowDown: "next", ArrowUp: "previous", Home: "first", End: "last" }[event.key];
    if (to && go(to as Parameters<typeof go>[0])) event.preventDefault();
  };
}
