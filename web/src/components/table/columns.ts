import type { ReactNode } from "react";

/** What rows are sorted by. Rows without a value stand at the end, whichever way they are sorted. */
export type SortValue = string | number | boolean | Date | null | undefined;

/** One column of a `DataTable`. The first one names the row: it carries the link, and heads the card on phones. */
export interface Column<Row> {
  /** Names the column in the address when the table is sorted by it. */
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** What the column is sorted by; without it, it cannot be sorted. */
  sortBy?: (row: Row) => SortValue;
  /** Numbers stand at the right, so that their digits line up. */
  align?: "left" | "right";
  /** Width as CSS knows it, such as `12rem` or `30%`; the columns without share what is left. */
  width?: string;
  /** Left out where the table is narrow: below 640 px, or already below 900 px. */
  hideBelow?: "narrow" | "medium";
  /** Where the cell stands on phones: in a line with its heading (the default), in the corner of the card, or nowhere. */
  phone?: "line" | "corner" | "hidden";
}

/** Which rows are chosen, by their keys. */
export interface Selection {
  selected: ReadonlySet<string>;
  onChange: (selected: Set<string>) => void;
}
