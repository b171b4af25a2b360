import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, linkOptions } from "@tanstack/react-router";
import { MessageCircleQuestionMark } from "lucide-react";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import { boardsQuery } from "@/api/queries/boards";
import { questionsQuery } from "@/api/queries/questions";
import type { Question } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Composer } from "@/components/Composer";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Markdown } from "@/components/Markdown";
import { OlderButton } from "@/components/OlderButton";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Tabs } from "@/components/Tabs";
import { useBoardWrite } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useTitle } from "@/lib/title";
import { QUESTION_VIEWS, type QuestionView } from "./search";

const route = getRouteApi("/shell/questions");

/** What the leads of boards want to know from people, and the answers. */
export function QuestionsPage() {
  useTitle("Questions");
  const view = route.useSearch().show ?? "open";
  const query = useInfiniteQuery(questionsQuery(view));
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const questions = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader>
        <PageTitle>Questions</PageTitle>
      </PageHeader>
      <div className="px-4 max-md:px-3">
        <Tabs
          label="Which questions"
          tabs={QUESTION_VIEWS.map((entry) => ({
            label: entry.label,
            active: view === entry.value,
            count: view === entry.value ? query.data?.pages[0]?.total : undefined,
            link: linkOptions({ to: "/questions", search: entry.value === "open" ? {} : { show: entry.value } }),
          }))}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-3xl p-4 max-md:p-3">
          {query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton rows={4} label="Loading the questions" />
            </div>
          )}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The questions could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && questions.length === 0 && <Nothing view={view} />}
          {questions.length > 0 && (
            <ul aria-label="Questions" className="space-y-3">
              {questions.map((question) => (
                <QuestionCard
                  key={question.id}
                  question={question}
                  board={boards.find((board) => board.id === question.board_id)?.name}
                />
              ))}
            </ul>
          )}
          <OlderButton query={query} what="questions" />
        </div>
      </div>
    </>
  );
}

function QuestionCard({ question, board }: { question: Question; board: string | undefined }) {
  const cache = useQueryClient();
  const write = useBoardWrite(question.board_id);
  const answer = useMutation({
    mutationFn: (content: string) =>
      call(
        client.POST("/api/v1/boards/{board_id}/questions/{question_id}/answer", {
          params: { path: { board_id: question.board_id, question_id: question.id } },
          body: { content },
        }),
      ),
    // Also after a refusal: somebody else may have answered meanwhile.
    onSettled: () => cache.invalidateQueries({ queryKey: keys.questions }),
  });
  const asker = question.asked_by_name ?? "An agent that is gone";
  return (
    <li aria-label={`${asker} asks`} className="overflow-hidden rounded-xl border border-line bg-surface shadow-card">
      <div className="space-y-2 px-4 py-3">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-semibold">{asker}</span>
          {board && (
            <Link
              to="/boards/$boardId"
              params={{ boardId: question.board_id }}
              className="text-ink-2 hover:text-ink hover:underline"
            >
              {board}
            </Link>
          )}
          <RelativeTime value={question.created_at} className="text-xs text-ink-3" />
          <span className="ml-auto">
            {question.answered_at ? <Badge tone="ok">Answered</Badge> : <Badge tone="accent">Open</Badge>}
          </span>
        </p>
        <Markdown text={question.content} />
      </div>
      <div className="border-t border-line bg-sunken px-4 py-3">
        {question.answered_at ? (
          <>
            <p className="mb-1 text-xs text-ink-3">
              Answered <RelativeTime value={question.answered_at} />
            </p>
            {question.answer ? (
              <Markdown text={question.answer} />
            ) : (
              <p className="text-ink-3">The note with the answer was deleted.</p>
            )}
          </>
        ) : (
          <Composer
            draftKey={`question.${question.id}`}
            label={`Answer to ${asker}`}
            placeholder="Your answer; it becomes a note of the board, and the agent is told"
            action="Send answer"
            reason={write.reason}
            onSend={(text) => answer.mutateAsync(text)}
          />
        )}
      </div>
    </li>
  );
}

function Nothing({ view }: { view: QuestionView }) {
  const icon = <MessageCircleQuestionMark size={20} />;
  if (view === "answered") {
    return (
      <EmptyState icon={icon} title="Nothing answered yet">
        Questions and the answers that people gave stay here.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={icon} title={view === "open" ? "No open questions" : "No questions yet"}>
      When the lead of a board cannot go on without a person, it asks. The question stands here until somebody has
      answered it, and the answer goes back to the lead.
    </EmptyState>
  );
}
