import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { ApprovalView } from "@/features/approvals/search";
import { call, client } from "../client";
import { keys } from "../keys";
import type { ApprovalPage } from "../types";
import { QUIET_MINUTES } from "./common";

// What waits is read whole, so that it can be searched and sorted; that is rarely more than a page.
const APPROVALS_PER_PAGE = 100;

/** The approvals of all boards that the user may read, or of one of them, newest first, a page at a time. */
export const approvalsQuery = (view: ApprovalView, board = "") =>
  infiniteQueryOptions({
    queryKey: keys.approvalsIn(view, board),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/approvals", {
          signal,
          params: {
            query: {
              ...(view === "all" ? {} : { status: view }),
              ...(board ? { board_id: board } : {}),
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

/** From which confidence on the board's agents may act without asking. */
export const approvalPolicyQuery = (board: string) =>
  queryOptions({
    queryKey: keys.approvalPolicy(board),
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/boards/{board_id}/approvals/policy", { signal, params: { path: { board_id: board } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
