import type { Column, SortValue } from "./columns";

/** Reads a sorting from an address: a column's id, with `-` before it when the greatest comes first. */
export function parseSort(value: unknown, columns: readonly string[]): string | undefined {
  if (typeof value !== "string") return undefined;
  return columns.includes(value.replace(/^-/, "")) ? value : undefined;
}

/** A sorting taken apart. */
export function readSort(sort: string | undefined): { column: string | null; descending: boolean } {
  if (!sort) return { column: null, descending: false };
  return sort.startsWith("-") ? { column: sort.slice(1), descending: true } : { column: sort, descending: false };
}

/** The sorting after a press on a column's heading: ascending, then descending, then as it was at first. */
export function nextSort(column: string, sort: string | undefined, first: string | undefined): string | undefined {
  const current = sort ?? first;
  const next = current === column ? `-${column}` : current === `-${column}` && sort !== undefined ? undefined : column;
  return next === first ? undefined : next;
}

/** The rows in the order of a sorting. Rows that are equal keep their order. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: string | undefined): Row[] {
  const { column, descending } = readSort(sort);
  const sortBy = columns.find((entry) => entry.id === column)?.sortBy;
  if (!sortBy) return [...rows];
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: sortBy(row) }))
    .sort((a, b) => compare(a.value, b.value, sign))
    .map((entry) => entry.row);
}

function compare(a: SortValue, b: SortValue, sign: number): number {
  const aMissing = a === null || a === undefined || a === "";
  const bMissing = b === null || b === undefined || b === "";
  if (aMissing || bMissing) return Number(aMissing) - Number(bMissing);
  if (typeof a === "string" || typeof b === "string") {
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: "base" });
  }
  return sign * (Number(a) - Number(b));
}
