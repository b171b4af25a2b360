import { infiniteQueryOptions } from "@tanstack/react-query";
import type { AuditFilter } from "@/features/audit/search";
import { call, client } from "../client";
import { keys } from "../keys";
import { QUIET_MINUTES } from "./common";

const ENTRIES_PER_PAGE = 100;

/** The audit log of the organization, newest first, a page at a time; for administrators. */
export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: keys.auditOf(filter),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/organizations/me/audit", {
          signal,
          params: { query: { ...filter, limit: ENTRIES_PER_PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: QUIET_MINUTES,
  });
