import type { DashboardFilter, RangeKey } from "@/api/types";
import { searchTexts } from "@/lib/searchText";

/** Everything on the dashboard that a link can carry. */
export interface DashboardSearch {
  /** Left out for a week. */
  range?: RangeKey;
  /** A board's id. */
  board?: string;
  /** A board group's id. */
  boardGroup?: string;
}

/** The range while none is chosen. */
export const FIRST_RANGE: RangeKey = "7d";

/** The ranges with their names, shortest first. */
export const RANGES: { value: RangeKey; label: string; long: string }[] = [
  { value: "24h", label: "24h", long: "24 hours" },
  { value: "3d", label: "3d", long: "3 days" },
  { value: "7d", label: "7d", long: "7 days" },
  { value: "14d", label: "14d", long: "14 days" },
  { value: "1m", label: "30d", long: "30 days" },
  { value: "3m", label: "90d", long: "90 days" },
  { value: "6m", label: "180d", long: "180 days" },
  { value: "1y", label: "1y", long: "year" },
];

/** Reads the address of the dashboard; what it does not know is dropped. */
export function parseDashboardSearch(search: Record<string, unknown>): DashboardSearch {
  const result: DashboardSearch = searchTexts(search, ["board", "boardGroup"]);
  const range = RANGES.find((entry) => entry.value === search.range)?.value;
  if (range && range !== FIRST_RANGE) result.range = range;
  return result;
}

/** What the server is asked for. */
export function filterOf({ range = FIRST_RANGE, board, boardGroup }: DashboardSearch): DashboardFilter {
  return { range, ...(board ? { board } : {}), ...(boardGroup ? { group: boardGroup } : {}) };
}
