import { infiniteQueryOptions } from "@tanstack/react-query";
import type { ApprovalView } from "@/features/approvals/search";
import { call, client } from "../client";
import { keys } from "../keys";
import type { ApprovalPage } from "../types";
import { QUIET_MINUTES } from "./common";

const APPROVALS_PER_PAGE = 50;

/** The approvals of all boards that the user may read, newest first, a page at a time. */
export const approvalsQuery = (view: ApprovalView) =>
  infiniteQueryOptions({
    queryKey: keys.approvalsIn(view),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/approvals", {
          signal,
          params: {
            query: {
              ...(view === "all" ? {} : { status: view }),
              limit: APPROVALS_PER_PAGE,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ) as Promise<ApprovalPage>,
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: QUIET_MINUTES,
  });
