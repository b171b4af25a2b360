import { infiniteQueryOptions } from "@tanstack/react-query";
import type { QuestionView } from "@/features/questions/search";
import { call, client } from "../client";
import { keys } from "../keys";
import { nextOffset, QUIET_MINUTES } from "./common";

const QUESTIONS_PER_PAGE = 50;

/** What the leads of the boards that the user may read ask people, open ones first, a page at a time. */
export const questionsQuery = (view: QuestionView) =>
  infiniteQueryOptions({
    queryKey: keys.questionsIn(view),
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/questions", {
          signal,
          params: {
            query: {
              ...(view === "all" ? {} : { open: view === "open" }),
              limit: QUESTIONS_PER_PAGE,
              offset: pageParam,
            },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: nextOffset,
    staleTime: QUIET_MINUTES,
  });
