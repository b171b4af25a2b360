import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { boardsQuery } from "@/api/queries/boards";
import { newestEventsQuery } from "@/api/queries/metrics";
import { ErrorState } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { ListSkeleton } from "@/components/Skeletons";
import { foldRepeats } from "@/features/activity/repeats";
import { ToldEvent } from "@/features/activity/ToldEvent";
import { useSeen } from "@/lib/seen";

const SHOWN = 8;

/** What happened last. */
export function NewestEvents({ board }: { board: string | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  // It stands below the figures: on most screens nobody sees it before scrolling.
  const seen = useSeen(place);
  const query = useQuery({ ...newestEventsQuery(board), enabled: seen });
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const events = query.data?.items ?? [];
  return (
    <div ref={place} className="min-w-0">
      <Panel
        title="Recent activity"
        action={
          <Link to="/activity" search={board ? { board } : {}} className="text-accent-text hover:underline">
            All activity
          </Link>
        }
        flush
      >
        {query.isPending && seen && <ListSkeleton rows={6} label="Loading the activity" />}
        {query.error && !query.data && (
          <ErrorState
            error={query.error}
            title="The activity could not be loaded"
            onRetry={() => void query.refetch()}
          />
        )}
        {query.data && events.length === 0 && <p className="px-4 pb-4 text-ink-3">Nothing has happened yet.</p>}
        {events.length > 0 && (
          <ol className="divide-y divide-line overflow-hidden rounded-b-xl border-t border-line">
            {foldRepeats(events)
              .slice(0, SHOWN)
              .map((told) => (
                <ToldEvent
                  key={told.key}
                  told={told}
                  boardName={boards.find((entry) => entry.id === told.event.board_id)?.name}
                  highlighted={false}
                  more={(query.data?.total ?? 0) > events.length}
                />
              ))}
          </ol>
        )}
      </Panel>
    </div>
  );
}
