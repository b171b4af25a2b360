import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Activity as ActivityIcon } from "lucide-react";
import { agentActivityQuery } from "@/api/queries/agents";
import { boardsQuery } from "@/api/queries/boards";
import type { Agent } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { EventRow } from "@/features/activity/EventRow";

/** What an agent did and what concerned it, as far back as events are kept. */
export function ActivityTab({ agent }: { agent: Agent }) {
  const query = useInfiniteQuery(agentActivityQuery(agent.id));
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const events = query.data?.pages.flatMap((page) => page.items);
  if (!events) {
    return query.error ? (
      <ErrorState error={query.error} title="Its activity could not be loaded" onRetry={() => void query.refetch()} />
    ) : (
      <ListSkeleton label="Loading its activity" />
    );
  }
  if (events.length === 0) {
    return (
      <EmptyState icon={<ActivityIcon size={20} />} title="Nothing yet">
        What it does and what is done to it stands here. Heartbeats leave no trace.
      </EmptyState>
    );
  }
  return (
    <div className="space-y-3">
      <ul
        aria-label="Activity"
        className="divide-y divide-line overflow-clip rounded-xl border border-line bg-surface shadow-card"
      >
        {events.map((event) => (
          <EventRow
            key={event.id}
            event={event}
            boardName={boards.find((board) => board.id === event.board_id)?.name}
            highlighted={false}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="text-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? "Loading…" : "Older"}
          </Button>
        </div>
      )}
    </div>
  );
}
