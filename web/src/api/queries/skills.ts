import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { unreachable } from "../errors";
import { keys } from "../keys";
import type { Pack, SkillCard } from "../types";
import { QUIET_MINUTES } from "./common";

/** What the marketplace is narrowed to. */
export interface SkillFilter {
  search?: string;
  category?: string;
  risk?: string;
  pack_id?: string;
}

/** One page of the marketplace. */
export interface SkillPage extends SkillFilter {
  /** The gateway of which the server says whether the skill is installed there. */
  gateway_id: string;
  sort?: "name" | "category" | "risk" | "source" | "created_at" | "updated_at";
  direction?: "asc" | "desc";
  limit: number;
  offset: number;
}

/** A page of the organization's skills, and how many there are. The page before stays in place while one is read. */
export const skillsQuery = (query: SkillPage) =>
  queryOptions({
    queryKey: keys.skillsIn(query),
    async queryFn({ signal }): Promise<{ items: SkillCard[]; total: number }> {
      let total = 0;
      const items = await call<SkillCard[]>(
        client.GET("/api/v1/skills/marketplace", { signal, params: { query } }).then((answer) => {
          total = Number(answer.response.headers.get("x-total-count"));
          return answer;
        }),
      );
      if (!Number.isFinite(total)) throw unreachable();
      return { items, total };
    },
    placeholderData: keepPreviousData,
    staleTime: QUIET_MINUTES,
  });

/** The categories and risks of the organization's skills, and how many skills have each. */
export const skillFacetsQuery = (filter: SkillFilter) =>
  queryOptions({
    queryKey: keys.skillFacets(filter),
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/skills/marketplace/facets", { signal, params: { query: filter } })),
    placeholderData: keepPreviousData,
    staleTime: QUIET_MINUTES,
  });

/** The repositories that list skills. */
export const packsQuery = queryOptions({
  queryKey: keys.packs,
  queryFn: ({ signal }) => call<Pack[]>(client.GET("/api/v1/skills/packs", { signal })),
  staleTime: QUIET_MINUTES,
});
