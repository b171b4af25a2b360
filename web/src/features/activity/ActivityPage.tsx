import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Activity as ActivityIcon, X } from "lucide-react";
import { useState } from "react";
import { activityQuery } from "@/api/queries/activity";
import { boardsQuery } from "@/api/queries/boards";
import type { Activity } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Pill } from "@/components/Pill";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { Select } from "@/components/ui/Select";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useNow } from "@/lib/now";
import { parseTime } from "@/lib/time";
import { useTitle } from "@/lib/title";
import { EventRow } from "./EventRow";
import { ACTIVITY_KINDS, type ActivitySearch, isOfKind } from "./search";

const route = getRouteApi("/shell/activity");

/** What happened on all boards, the newest first. */
export function ActivityPage() {
  useTitle("Activity");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(activityQuery);
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const events = query.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = events.filter((event) => matches(event, search));
  const filtered = Boolean(search.kind || search.board || search.q);
  const boardNames = new Map(boards.map((board) => [board.id, board.name]));
  const set = (changes: Partial<ActivitySearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });

  return (
    <>
      <PageHeader>
        <PageTitle>Activity</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-4xl p-4 max-md:p-3">
          <search className="mb-4 flex flex-wrap items-center gap-2">
            <fieldset className="flex flex-wrap items-center gap-1">
              <legend className="sr-only">Kind</legend>
              <Pill on={!search.kind} onClick={() => set({ kind: undefined })}>
                All
              </Pill>
              {ACTIVITY_KINDS.map((kind) => (
                <Pill key={kind.value} on={search.kind === kind.value} onClick={() => set({ kind: kind.value })}>
                  {kind.label}
                </Pill>
              ))}
            </fieldset>
            <div className="ml-auto flex items-center gap-2 max-md:ml-0 max-md:w-full">
              <TextField value={search.q ?? ""} onChange={(q) => set({ q: q || undefined })} />
              <Select
                label="Board"
                value={search.board ?? ""}
                options={[
                  { value: "", label: "All boards" },
                  ...boards.map((board) => ({ value: board.id, label: board.name })),
                ]}
                onChange={(board) => set({ board: board || undefined })}
                className="w-44 max-md:flex-1"
              />
            </div>
          </search>
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
            <EmptyState icon={<ActivityIcon size={20} />} title="Nothing has happened yet">
              Every new task, move, comment and delivery on your boards appears here the moment it happens.
            </EmptyState>
          )}
          {events.length > 0 && shown.length === 0 && (
            <EmptyState
              icon={<ActivityIcon size={20} />}
              title="Nothing here matches the filters"
              action={
                <Button icon={<X size={14} />} onClick={() => void navigate({ search: {}, replace: true })}>
                  Clear filters
                </Button>
              }
            >
              {query.hasNextPage ? "Older events may match; load more to see." : "Try with fewer filters."}
            </EmptyState>
          )}
          <EventDays events={shown} boardNames={boardNames} highlighted={search.eventId} />
          {query.hasNextPage && (
            <div className="mt-4 flex flex-col items-center gap-1">
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Load older events
              </Button>
              {filtered && (
                <p className="text-xs text-ink-3">
                  {shown.length} of the newest {events.length} match.
                </p>
              )}
            </div>
          )}
        </div>
      </div>
    </>
  );
}

interface EventDaysProps {
  events: Activity[];
  boardNames: Map<string, string>;
  highlighted: string | undefined;
}

function EventDays({ events, boardNames, highlighted }: EventDaysProps) {
  const now = useNow();
  const days = new Map<string, Activity[]>();
  for (const event of events) {
    const day = dayOf(parseTime(event.created_at), now);
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return [...days].map(([day, entries]) => (
    <section key={day} aria-label={day} className="mb-5">
      <h2 className="mb-1.5 px-1 text-xs font-medium text-ink-3">{day}</h2>
      <ol className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
        {entries.map((event) => (
          <EventRow
            key={event.id}
            event={event}
            boardName={boardNames.get(event.board_id ?? "")}
            highlighted={event.id === highlighted}
          />
        ))}
      </ol>
    </section>
  ));
}

function TextField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  return (
    <input
      type="search"
      aria-label="Filter events by text"
      placeholder="Filter…"
      className="field h-8 w-44! max-md:h-10 max-md:flex-1"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(event.target.value.trim());
      }}
    />
  );
}

function matches(event: Activity, search: ActivitySearch): boolean {
  if (!isOfKind(event.event_type, search.kind)) return false;
  if (search.board && event.board_id !== search.board) return false;
  if (!search.q) return true;
  const text = `${event.message ?? ""} ${event.event_type} ${event.actor_name ?? ""}`.toLowerCase();
  return text.includes(search.q.toLowerCase());
}

function dayOf(time: Date, now: Date): string {
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const age = midnight.getTime() - time.getTime();
  if (age <= 0) return "Today";
  if (age <= 24 * 60 * 60_000) return "Yesterday";
  return time.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}
