import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Activity as ActivityIcon, ArrowUpToLine, Pause, Play, X } from "lucide-react";
import { useMemo, useState } from "react";
import { activityQuery } from "@/api/queries/activity";
import { boardsQuery } from "@/api/queries/boards";
import type { Activity } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { OlderButton } from "@/components/OlderButton";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useNow } from "@/lib/now";
import { calendarDay, dayName, fullTime, parseTime } from "@/lib/time";
import { useTitle } from "@/lib/title";
import { ActivityFilters } from "./ActivityFilters";
import { ExportActivity } from "./ExportActivity";
import { Failures } from "./Failures";
import { foldRepeats } from "./repeats";
import { type ActivitySearch, filterOf, isFiltered } from "./search";
import { ToldEvent } from "./ToldEvent";

const route = getRouteApi("/shell/activity");

/** What happened on all boards, the newest first. */
export function ActivityPage() {
  useTitle("Activity");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [paused, setPaused] = useState(false);
  const filter = filterOf(search);
  const query = useInfiniteQuery({ ...activityQuery(filter), enabled: !paused });
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const events = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const boardNames = new Map(boards.map((board) => [board.id, board.name]));
  const past = search.before ?? search.at;
  const missing = search.eventId && query.data && !events.some((event) => event.id === search.eventId);
  const set = (changes: Partial<ActivitySearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });
  const toNow = () => set({ before: undefined, at: undefined, eventId: undefined });

  return (
    <>
      <PageHeader
        actions={
          <>
            {!past && (
              <Button
                icon={paused ? <Play size={14} /> : <Pause size={14} />}
                aria-pressed={paused}
                onClick={() => setPaused(!paused)}
              >
                {paused ? "Resume" : "Pause"}
              </Button>
            )}
            <ExportActivity filter={filter} boardNames={boardNames} />
          </>
        }
      >
        <PageTitle>Activity</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-4xl p-4 max-md:p-3">
          <ActivityFilters search={search} events={events} onChange={set} />
          {!past && !isFiltered(search) && <Failures boardNames={boardNames} />}
          {paused && (
            <Notice action={<Button onClick={() => setPaused(false)}>Resume</Button>}>
              Paused. What happens now is shown when you resume.
            </Notice>
          )}
          {past && (
            <Notice
              action={
                <Button icon={<ArrowUpToLine size={14} />} onClick={toNow}>
                  Back to now
                </Button>
              }
            >
              This is what happened up to {fullTime(parseTime(past))}.
            </Notice>
          )}
          {missing && (
            <Notice tone="warn">
              The event of this link is not here: it is older than what is kept, on a board that you may not read, or
              hidden by the filters.
            </Notice>
          )}
          {query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton rows={8} label="Loading the activity" />
            </div>
          )}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The activity could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && events.length === 0 && (
            <Nothing search={search} onClear={() => void navigate({ search: {} })} />
          )}
          <EventDays events={events} boardNames={boardNames} highlighted={search.eventId} more={query.hasNextPage} />
          <OlderButton query={query} what="events" shown={events.length} />
        </div>
      </div>
    </>
  );
}

function Notice({ tone, action, children }: { tone?: "warn"; action?: React.ReactNode; children: React.ReactNode }) {
  return (
    <div
      role="status"
      className={`mb-4 flex flex-wrap items-center gap-3 rounded-lg px-4 py-2 ${tone === "warn" ? "bg-warn-soft text-warn" : "bg-accent-soft text-accent-text"}`}
    >
      <p className="min-w-0 flex-1">{children}</p>
      {action}
    </div>
  );
}

function Nothing({ search, onClear }: { search: ActivitySearch; onClear: () => void }) {
  const icon = <ActivityIcon size={20} />;
  if (!isFiltered(search) && !search.before && !search.at) {
    return (
      <EmptyState icon={icon} title="Nothing has happened yet">
        Every new task, move, comment and delivery on your boards appears here the moment it happens.
      </EmptyState>
    );
  }
  if (search.failed && !search.kind && !search.board && !search.agent && !search.q) {
    return (
      <EmptyState
        icon={icon}
        title="Nothing has gone wrong"
        action={
          <Button icon={<X size={14} />} onClick={onClear}>
            Show everything
          </Button>
        }
      >
        Messages that did not arrive, deliveries that failed and agents that fell silent appear here.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={icon}
      title="Nothing matches the filters"
      action={
        <Button icon={<X size={14} />} onClick={onClear}>
          Clear filters
        </Button>
      }
    >
      All that is kept was looked through, not only what was loaded.
    </EmptyState>
  );
}

interface EventDaysProps {
  events: Activity[];
  boardNames: Map<string, string>;
  highlighted: string | undefined;
  /** There are older ones, which may be of the last day shown. */
  more: boolean;
}

function EventDays({ events, boardNames, highlighted, more }: EventDaysProps) {
  const now = useNow();
  const days = new Map<string, Activity[]>();
  for (const event of events) {
    const day = dayOf(parseTime(event.created_at), now);
    const entries = days.get(day);
    if (entries) entries.push(event);
    else days.set(day, [event]);
  }
  return [...days].map(([day, entries], index) => (
    <section key={day} aria-label={day} className="mb-5">
      <h2 className="mb-1.5 px-1 text-xs font-medium text-ink-3">{day}</h2>
      <ol className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
        {foldRepeats(entries, highlighted).map((told) => (
          <ToldEvent
            key={told.key}
            told={told}
            boardName={boardNames.get(told.event.board_id ?? "")}
            highlighted={told.event.id === highlighted}
            more={more && index === days.size - 1}
          />
        ))}
      </ol>
    </section>
  ));
}

function dayOf(time: Date, now: Date): string {
  const day = calendarDay(time);
  if (day >= calendarDay(now)) return "Today";
  if (day === calendarDay(new Date(now.getTime() - 24 * 60 * 60_000))) return "Yesterday";
  return dayName(time);
}
