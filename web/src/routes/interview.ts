import { createRoute } from "@tanstack/react-router";
import { interviewQuery } from "@/api/queries/interview";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const interview = createRoute({
  getParentRoute: () => shell,
  path: "/boards/$boardId/interview",
  loader: ({ context, params }) => void context.cache.prefetchQuery(interviewQuery(params.boardId)),
  component: lazyPage(() => import("@/features/interview/InterviewPage"), "InterviewPage"),
});

/** The interview about what a board is for. */
export const interviewRoutes = [interview] as const;
