import { parseSort } from "@/components/table/sort";
import { searchTexts } from "@/lib/searchText";

/** The parts of the organization page. */
export const TABS = ["members", "invites", "settings"] as const;
export type OrganizationTab = (typeof TABS)[number];

/** What the address of the organization page says. */
export interface OrganizationSearch {
  /** Members when left out. */
  tab?: OrganizationTab;
  /** The member whose role and rights are open. */
  member?: string;
  /** Whether somebody is being invited. */
  invite?: boolean;
  /** Part of a name or address. */
  q?: string;
  sort?: string;
}

/** Reads the address; what makes no sense is left out. */
export function parseOrganizationSearch(search: Record<string, unknown>): OrganizationSearch {
  const found: OrganizationSearch = searchTexts(search, ["member", "q"]);
  const tab = TABS.find((name) => name === search.tab);
  if (tab && tab !== "members") found.tab = tab;
  if (search.invite === true) found.invite = true;
  const sort = parseSort(search.sort, ["name", "role", "access", "joined", "email", "expires"]);
  if (sort) found.sort = sort;
  return found;
}
