import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { CircleCheck, MessagesSquare } from "lucide-react";
import { useEffect, useRef } from "react";
import { boardQuery } from "@/api/queries/boards";
import { interviewQuery } from "@/api/queries/interview";
import type { Board, Interview } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState, FormError } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { BoardHeader } from "@/features/board/BoardHeader";
import { useBoardWrite } from "@/features/session/permissions";
import { useTitle } from "@/lib/title";
import { DraftForm } from "./DraftForm";
import { Interviewer } from "./Interviewer";
import { useStartInterview } from "./mutations";
import { QuestionForm, ReplyForm } from "./QuestionForm";
import { Transcript } from "./Transcript";
import { stageOf } from "./transcript";
import { Waiting } from "./Waiting";

const route = getRouteApi("/shell/boards/$boardId/interview");

/** The interview in which an agent finds out what a board is for. */
export function InterviewPage() {
  const { boardId } = route.useParams();
  const board = useQuery(boardQuery(boardId));
  const interview = useQuery(interviewQuery(boardId));
  useTitle("Interview", board.data?.name);
  const error = board.error ?? interview.error;
  return (
    <>
      <BoardHeader
        boardId={boardId}
        name={board.data?.name ?? (board.error ? "Board" : null)}
        page="Interview"
        group={board.data?.board_group_id}
      />
      {board.data && interview.data !== undefined ? (
        interview.data ? (
          <Running board={board.data} interview={interview.data} />
        ) : (
          <Intro board={board.data} />
        )
      ) : error ? (
        <ErrorState
          error={error}
          title="The interview could not be loaded"
          onRetry={() => {
            void board.refetch();
            void interview.refetch();
          }}
        />
      ) : (
        <ListSkeleton label="Loading the interview" />
      )}
    </>
  );
}

function ByHand({ boardId }: { boardId: string }) {
  return (
    <Link to="/boards/$boardId/settings" params={{ boardId }} className="text-accent-text underline underline-offset-2">
      Fill in the goal by hand
    </Link>
  );
}

function Intro({ board }: { board: Board }) {
  const write = useBoardWrite(board.id);
  const start = useStartInterview(board.id);
  const reason =
    write.reason ?? (board.gateway_id ? null : "The board has no gateway, so there is no agent to lead the interview.");
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <EmptyState
        icon={<MessagesSquare size={20} />}
        title="Let an agent ask what this board is for"
        action={
          <div className="flex flex-col items-center gap-3">
            <Button variant="primary" reason={reason} busy={start.isPending} onClick={() => start.mutate()}>
              Begin the interview
            </Button>
            <ByHand boardId={board.id} />
            <FormError error={start.error} />
          </div>
        }
      >
        It takes six to ten short questions about the goal and about how you like to work. Then it proposes an
        objective, measures of success and a lead agent; you change what you like and accept it.
        {reason && <p className="mt-2 text-warn">{reason}</p>}
      </EmptyState>
    </div>
  );
}

function Running({ board, interview }: { board: Board; interview: Interview }) {
  const write = useBoardWrite(board.id);
  const start = useStartInterview(board.id);
  const end = useRef<HTMLDivElement>(null);
  const stage = stageOf(interview);
  const said = interview.messages.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is said brings the end into view.
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [said, stage.kind]);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-3xl space-y-5 px-4 py-5 max-md:px-3">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <Interviewer board={board} />
          <span className="ml-auto">{stage.kind !== "confirmed" && <ByHand boardId={board.id} />}</span>
        </div>
        {write.reason && <p className="rounded-md bg-warn-soft px-3 py-2 text-warn">{write.reason}</p>}
        <Transcript interview={interview} />
        {stage.kind === "waiting" && (
          <Waiting
            since={stage.since}
            failed={stage.failed}
            reason={write.reason}
            busy={start.isPending}
            error={start.error}
            onAgain={() => start.mutate()}
          />
        )}
        {stage.kind === "question" && (
          <QuestionForm key={said} boardId={board.id} question={stage.question} reason={write.reason} />
        )}
        {stage.kind === "unclear" && (
          <ReplyForm
            key={said}
            boardId={board.id}
            reason={write.reason}
            about="This is no question that can be shown with choices. Answer it in your own words."
          />
        )}
        {stage.kind === "draft" && interview.draft_goal && (
          <DraftForm boardId={board.id} draft={interview.draft_goal} version={said} reason={write.reason} />
        )}
        {stage.kind === "confirmed" && <Confirmed board={board} />}
        <div ref={end} />
      </div>
    </div>
  );
}

function Confirmed({ board }: { board: Board }) {
  const write = useBoardWrite(board.id);
  const start = useStartInterview(board.id);
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-ok-soft px-4 py-3">
      <CircleCheck size={18} className="text-ok" aria-hidden="true" />
      <p className="min-w-0 flex-1">The board has its goal. Its lead agent is being set up, if it was not there.</p>
      <Button reason={write.reason} busy={start.isPending} onClick={() => start.mutate()}>
        Interview again
      </Button>
      <Link
        to="/boards/$boardId"
        params={{ boardId: board.id }}
        className="font-medium text-accent-text underline underline-offset-2"
      >
        To the board
      </Link>
      <FormError error={start.error} />
    </div>
  );
}
