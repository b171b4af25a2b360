import type { LinkProps } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useLayoutEffect, useState } from "react";
import type { Column, Selection } from "./columns";

/** What both shapes of a table are made from. */
export interface RowsProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  link?: (row: Row) => LinkProps;
  actions?: (row: Row) => ReactNode;
  sort?: string;
  defaultSort?: string;
  onSort?: (sort: string | undefined) => void;
  selection?: Selection;
}

// Up to here drawing every row costs less than measuring them.
const DRAW_ALL_UP_TO = 100;

/** The rows to draw, and the room to leave before and after them. */
export interface Drawn {
  indexes: { index: number; measure?: (element: Element | null) => void }[];
  before: number;
  after: number;
}

/** Which of `count` rows are to be drawn: all when there are few, else those near the screen. */
export function useDrawnRows(box: RefObject<HTMLElement | null>, count: number, estimate: number): Drawn {
  const many = count > DRAW_ALL_UP_TO;
  const [margin, setMargin] = useState(0);
  const list = useVirtualizer({
    count: many ? count : 0,
    getScrollElement: () => scroller(box.current),
    estimateSize: () => estimate,
    scrollMargin: margin,
    overscan: 15,
  });
  useLayoutEffect(() => {
    const scrolled = scroller(box.current);
    if (!many || !box.current || !scrolled) return;
    setMargin(box.current.getBoundingClientRect().top - scrolled.getBoundingClientRect().top + scrolled.scrollTop);
  }, [box, many]);
  if (!many) return { indexes: Array.from({ length: count }, (_, index) => ({ index })), before: 0, after: 0 };
  const items = list.getVirtualItems();
  return {
    indexes: items.map(({ index }) => ({ index, measure: list.measureElement })),
    before: (items[0]?.start ?? margin) - margin,
    after: list.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin),
  };
}

/** The nearest ancestor that scrolls. */
function scroller(element: HTMLElement | null): HTMLElement | null {
  for (let at = element?.parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return element ? document.documentElement : null;
}
