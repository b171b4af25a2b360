import { useQuery } from "@tanstack/react-query";
import { agentsQuery } from "@/api/queries/agents";
import { boardsQuery } from "@/api/queries/boards";
import type { Activity } from "@/api/types";
import { Pill } from "@/components/Pill";
import { SearchField } from "@/components/SearchField";
import { Combobox } from "@/components/ui/Combobox";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { fromTimeField, parseTime, toTimeField } from "@/lib/time";
import { ACTIVITY_KINDS, type ActivitySearch } from "./search";

interface ActivityFiltersProps {
  search: ActivitySearch;
  /** What is shown; members learn the names of agents from it. */
  events: Activity[];
  onChange: (changes: Partial<ActivitySearch>) => void;
}

/** What the feed is narrowed to: failures, kinds, words, board, agent, time. */
export function ActivityFilters({ search, events, onChange }: ActivityFiltersProps) {
  const boards = useQuery(boardsQuery).data?.items ?? [];
  // An event that a link names is only looked for until something else is asked for.
  const set = (changes: Partial<ActivitySearch>) => onChange({ eventId: undefined, at: undefined, ...changes });
  return (
    <search className="mb-4 space-y-3">
      <fieldset className="flex flex-wrap items-center gap-1.5">
        <legend className="sr-only">Kind</legend>
        <Pill on={search.failed === true} onClick={() => set({ failed: search.failed ? undefined : true })}>
          Failures
        </Pill>
        <span className="mx-1 h-4 w-px bg-line" aria-hidden="true" />
        <Pill on={!search.kind} onClick={() => set({ kind: undefined })}>
          All
        </Pill>
        {ACTIVITY_KINDS.map((kind) => (
          <Pill key={kind.value} on={search.kind === kind.value} onClick={() => set({ kind: kind.value })}>
            {kind.label}
          </Pill>
        ))}
      </fieldset>
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Filter events by text"
          placeholder="Search…"
          value={search.q ?? ""}
          onChange={(q) => set({ q: q || undefined })}
          className="w-52 max-md:w-full"
        />
        <Combobox
          label="Board"
          none="All boards"
          value={search.board ?? null}
          options={boards.map((board) => ({ value: board.id, label: board.name }))}
          onChange={(board) => set({ board: board ?? undefined })}
          className="w-44 max-md:min-w-0 max-md:flex-1"
        />
        <AgentFilter search={search} events={events} onChange={(agent) => set({ agent })} />
        <label className="flex items-center gap-2 text-ink-2 max-md:w-full">
          <span className="whitespace-nowrap">Before</span>
          <input
            type="datetime-local"
            className="field h-8 w-52! max-md:h-10 max-md:flex-1"
            value={search.before ? toTimeField(parseTime(search.before)) : ""}
            onChange={(event) => set({ before: fromTimeField(event.target.value) ?? undefined })}
          />
        </label>
      </div>
    </search>
  );
}

function AgentFilter({
  search,
  events,
  onChange,
}: {
  search: ActivitySearch;
  events: Activity[];
  onChange: (agent: string | undefined) => void;
}) {
  const admin = useOrganizationAdmin();
  const agents = useQuery({ ...agentsQuery, enabled: admin.allowed }).data?.items;
  const names = new Map<string, string>();
  for (const event of events) {
    if (event.agent_id && !event.user_id && event.actor_name) names.set(event.agent_id, event.actor_name);
  }
  for (const agent of agents ?? []) names.set(agent.id, agent.name);
  if (search.agent && !names.has(search.agent)) names.set(search.agent, "An agent");
  const options = [...names].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
  return (
    <Combobox
      label="Agent"
      none="All agents"
      value={search.agent ?? null}
      options={options}
      onChange={(agent) => onChange(agent ?? undefined)}
      className="w-40 max-md:min-w-0 max-md:flex-1"
    />
  );
}
