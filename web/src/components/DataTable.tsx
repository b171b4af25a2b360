import type { LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useIsPhone } from "@/lib/media";
import { ErrorState } from "./ErrorState";
import { ListSkeleton } from "./Skeletons";
import type { Column, Selection } from "./table/columns";
import { RowCards } from "./table/RowCards";
import { RowTable } from "./table/RowTable";
import { sortRows } from "./table/sort";

export type { Column, Selection } from "./table/columns";
export { parseSort } from "./table/sort";

interface DataTableProps<Row> {
  /** What the rows are, for assistive technology and messages: "Gateways". */
  label: string;
  /** The rows; left out while they are being loaded. */
  rows: readonly Row[] | undefined;
  /** The first column names the row. */
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** Where a row leads; `linkOptions(…)` of the router. */
  link?: (row: Row) => LinkProps;
  /** Buttons or a menu at the end of a row. */
  actions?: (row: Row) => ReactNode;
  /** A column's id, `-` before it for descending; usually from the address. `parseSort` reads it. */
  sort?: string;
  /** The sorting while none is chosen. */
  defaultSort?: string;
  /** Puts the sorting into the address; nothing means the default. Without it the table cannot be sorted. */
  onSort?: (sort: string | undefined) => void;
  /** The rows come in the wanted order, because the server has only sent some of them. */
  sortedByServer?: boolean;
  selection?: Selection;
  /** Why there are no rows. Rows that are there stay in sight. */
  error?: unknown;
  onRetry?: () => void;
  /** What stands there when there are no rows; an `EmptyState`. */
  empty: ReactNode;
}

/**
 * Rows of one kind: a table on wide screens, cards on phones. It can be sorted by its columns, keeps its headings in
 * sight, draws only the rows on screen when there are many, and is walked through with `J` and `K`.
 */
export function DataTable<Row>({
  label,
  rows,
  error,
  onRetry,
  empty,
  sort,
  defaultSort,
  sortedByServer,
  ...rest
}: DataTableProps<Row>) {
  const phone = useIsPhone();
  if (!rows) {
    return error ? (
      <ErrorState error={error} title={`${label} could not be loaded`} onRetry={onRetry} />
    ) : (
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <ListSkeleton label={`Loading: ${label}`} />
      </div>
    );
  }
  if (rows.length === 0) return empty;
  const sorted = sortedByServer ? rows : sortRows(rows, rest.columns, sort ?? defaultSort);
  const shared = { ...rest, label, rows: sorted, sort, defaultSort };
  return phone ? <RowCards {...shared} /> : <RowTable {...shared} />;
}
