import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Activity, ActivityPage } from "@/api/types";
import { ErrorState } from "@/components/ErrorState";
import { OlderButton } from "@/components/OlderButton";
import { ListSkeleton } from "@/components/Skeletons";
import { EventRow } from "./EventRow";

interface EventListProps {
  query: UseInfiniteQueryResult<InfiniteData<ActivityPage>>;
  /** What stands beside an event: the name of its board, where several boards meet. */
  boardName?: (event: Activity) => string | undefined;
  /** What stands here when nothing has happened. */
  empty: ReactNode;
}

/** What happened to one thing, newest first, as far back as events are kept. */
export function EventList({ query, boardName, empty }: EventListProps) {
  const events = query.data?.pages.flatMap((page) => page.items);
  if (!events) {
    return query.error ? (
      <ErrorState error={query.error} title="The activity could not be loaded" onRetry={() => void query.refetch()} />
    ) : (
      <ListSkeleton label="Loading the activity" />
    );
  }
  if (events.length === 0) return empty;
  return (
    <div className="space-y-3">
      <ul
        aria-label="Activity"
        className="divide-y divide-line overflow-clip rounded-xl border border-line bg-surface shadow-card"
      >
        {events.map((event) => (
          <EventRow key={event.id} event={event} boardName={boardName?.(event)} highlighted={false} />
        ))}
      </ul>
      <OlderButton query={query} what="events" />
    </div>
  );
}
