import type { SkillFilter, SkillPage } from "@/api/queries/skills";
import { searchTexts } from "@/lib/searchText";

/** How many skills a page may have. */
export const PAGE_SIZES = [25, 50, 100, 200] as const;

const SORTS = ["name", "category", "risk", "source", "updated_at"] as const;

/** Everything on the marketplace that a link can carry. The names are those that older consoles used. */
export interface MarketplaceSearch {
  search?: string;
  category?: string;
  risk?: string;
  packId?: string;
  /** Counted from 1; left out for the first. */
  page?: number;
  /** Left out for 50. */
  limit?: (typeof PAGE_SIZES)[number];
  /** A column's id, `-` before it for descending; left out for the newest first. */
  sort?: string;
  /** The skill whose dialog is open. */
  skill?: string;
  /** The dialog in which a skill is added. */
  add?: true;
}

/** Skills of a page unless the address says otherwise. */
export const DEFAULT_LIMIT = 50;

/** Reads the address of the marketplace; what it does not know is dropped. */
export function parseMarketplaceSearch(search: Record<string, unknown>): MarketplaceSearch {
  const result: MarketplaceSearch = searchTexts(search, ["search", "category", "risk", "packId", "skill"]);
  const page = Number(search.page);
  if (Number.isInteger(page) && page > 1) result.page = page;
  const limit = PAGE_SIZES.find((size) => size === Number(search.limit));
  if (limit && limit !== DEFAULT_LIMIT) result.limit = limit;
  const sort = sortOf(search);
  if (sort) result.sort = sort;
  if (search.add === true) result.add = true;
  return result;
}

/** The order, as this console writes it or as older ones did (`skills_marketplace_sort` and `…_dir`). */
function sortOf(search: Record<string, unknown>): string | undefined {
  const name = typeof search.sort === "string" ? search.sort : search.skills_marketplace_sort;
  if (typeof name !== "string") return undefined;
  const column = name.replace(/^-/, "");
  if (!(SORTS as readonly string[]).includes(column)) return undefined;
  const falling = name.startsWith("-") || search.skills_marketplace_dir === "desc";
  return falling ? `-${column}` : column;
}

/** What the server is asked for: the filter, and with it one page. */
export function filterOf(search: MarketplaceSearch): SkillFilter {
  return {
    ...(search.search ? { search: search.search } : {}),
    ...(search.category ? { category: search.category } : {}),
    ...(search.risk ? { risk: search.risk } : {}),
    ...(search.packId ? { pack_id: search.packId } : {}),
  };
}

/** The page of the marketplace that the address means. */
export function pageOf(search: MarketplaceSearch, gateway: string): SkillPage {
  const limit = search.limit ?? DEFAULT_LIMIT;
  const sort = search.sort?.replace(/^-/, "") as SkillPage["sort"];
  return {
    ...filterOf(search),
    gateway_id: gateway,
    limit,
    offset: ((search.page ?? 1) - 1) * limit,
    ...(sort ? { sort, direction: search.sort?.startsWith("-") ? "desc" : "asc" } : {}),
  };
}

/** Whether the marketplace shows less than everything. */
export function isFiltered(search: MarketplaceSearch): boolean {
  return Boolean(search.search || search.category || search.risk || search.packId);
}

/** Everything on the page of packs that a link can carry. */
export interface PacksSearch {
  /** A repository; only packs at this address are shown. */
  source_url?: string;
  sort?: string;
  /** The pack whose form is open, or `new`. */
  edit?: string;
}

/** Reads the address of the page of packs. */
export function parsePacksSearch(search: Record<string, unknown>): PacksSearch {
  const result: PacksSearch = searchTexts(search, ["source_url", "sort", "edit"]);
  const older = search.skill_packs_sort;
  if (!result.sort && typeof older === "string") {
    result.sort = search.skill_packs_dir === "desc" ? `-${older}` : older;
  }
  return result;
}
