import { queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { ApiError } from "../errors";
import { keys } from "../keys";
import type { Interview } from "../types";
import { QUIET_MINUTES } from "./common";

/** The newest interview about a board's goal, or nothing when there has been none. */
export const interviewQuery = (board: string) =>
  queryOptions({
    queryKey: keys.interview(board),
    async queryFn({ signal }): Promise<Interview | null> {
      try {
        return await call<Interview>(
          client.GET("/api/v1/boards/{board_id}/onboarding", { signal, params: { path: { board_id: board } } }),
        );
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    staleTime: QUIET_MINUTES,
  });
