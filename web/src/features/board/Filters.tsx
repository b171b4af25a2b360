import { getRouteApi } from "@tanstack/react-router";
import { Bookmark, ListFilter, Settings2, X } from "lucide-react";
import { Button } from "@/components/ui/Button";
import { lazyMenu } from "@/components/ui/lazyMenu";
import { priorityLabel, STATUS_LABEL } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { useNow } from "@/lib/now";
import { useBoard } from "./context";
import type { DisplayMenuProps } from "./DisplayMenu";
import type { FilterMenuProps } from "./FilterMenu";
import { needs } from "./filter";
import { type Attention, type BoardSearch, DUE_LABEL, isFiltered, toggled, withoutFilters } from "./search";
import { TextFilter } from "./TextFilter";
import { isSameView, useSavedViews } from "./views";

const route = getRouteApi("/shell/boards/$boardId");

const FilterMenu = lazyMenu<FilterMenuProps>(() => import("./FilterMenu"));
const DisplayMenu = lazyMenu<DisplayMenuProps>(() => import("./DisplayMenu"));
const SavedViews = lazyMenu<{ search: BoardSearch }>(() => import("./SavedViews"));

const ATTENTION: { value: Attention; label: string }[] = [
  { value: "review", label: "In review" },
  { value: "approval", label: "Approval needed" },
  { value: "blocked", label: "Blocked" },
  { value: "overdue", label: "Overdue" },
];

/** Narrows the board down and says how it is shown; everything chosen here is in the address. */
export function Filters({ shown }: { shown: number }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { boardId, tasks } = useBoard();
  const view = useSavedViews(boardId).find((entry) => isSameView(entry.search, search));
  const now = useNow();
  const set = (changes: Partial<BoardSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });

  return (
    <search className="shrink-0 px-4 py-2.5 max-md:px-3">
      <div className="flex flex-wrap items-center gap-2 max-md:flex-nowrap max-md:overflow-x-auto">
        <TextFilter value={search.q ?? ""} onChange={(q) => set({ q: q || undefined })} />
        <FilterMenu search={search} onChange={set} trigger={<Button icon={<ListFilter size={14} />}>Filter</Button>} />
        <DisplayMenu search={search} onChange={set} trigger={<Button icon={<Settings2 size={14} />}>Display</Button>} />
        <SavedViews
          search={search}
          trigger={
            <Button icon={<Bookmark size={14} />}>
              <span className="max-w-40 truncate">{view?.name ?? "Views"}</span>
            </Button>
          }
        />
        <fieldset className="relative flex items-center gap-1">
          <legend className="sr-only">Needs attention</legend>
          {ATTENTION.map((entry) => {
            const count = tasks.filter((task) => needs(task, entry.value, now)).length;
            const on = search.only === entry.value;
            if (count === 0 && !on) return null;
            return (
              <button
                key={entry.value}
                type="button"
                aria-pressed={on}
                onClick={() => set({ only: on ? undefined : entry.value })}
                className={cx(
                  "flex h-7 items-center gap-1.5 rounded-full border px-2.5 text-xs font-medium whitespace-nowrap max-md:h-9",
                  on
                    ? "border-accent bg-accent-soft text-accent-text"
                    : "border-line bg-surface text-ink-2 hover:bg-hover",
                )}
              >
                {entry.label}
                <span className={on ? "" : "text-ink-3"}>{count}</span>
              </button>
            );
          })}
        </fieldset>
      </div>
      {isFiltered(search) && (
        <div className="mt-2 flex flex-wrap items-center gap-1.5">
          <Chosen search={search} onChange={set} />
          <span role="status" className="px-1 text-xs whitespace-nowrap text-ink-3">
            {shown} of {tasks.length}
          </span>
          <Button
            size="sm"
            variant="ghost"
            icon={<X size={13} />}
            onClick={() => void navigate({ search: withoutFilters, replace: true })}
          >
            Clear filters
          </Button>
        </div>
      )}
    </search>
  );
}

/** The filters that are on, each with the way to take it off. */
function Chosen({ search, onChange }: { search: BoardSearch; onChange: (changes: Partial<BoardSearch>) => void }) {
  const { snapshot, tags, fields } = useBoard();
  const chips: { key: string; text: string; off: Partial<BoardSearch> }[] = [];
  for (const status of search.status ?? []) {
    chips.push({
      key: status,
      text: STATUS_LABEL[status],
      off: { status: toggled(search.status, status) as BoardSearch["status"] },
    });
  }
  for (const priority of search.priority ?? []) {
    chips.push({
      key: `p ${priority}`,
      text: `${priorityLabel(priority)} priority`,
      off: { priority: toggled(search.priority, priority) },
    });
  }
  if (search.assignee) {
    const name = snapshot.agents.find((agent) => agent.id === search.assignee)?.name;
    chips.push({
      key: "assignee",
      text: search.assignee === "none" ? "Unassigned" : (name ?? "An agent that is gone"),
      off: { assignee: undefined },
    });
  }
  for (const tag of search.tag ?? []) {
    const name = tags.find((entry) => entry.id === tag)?.name ?? "A tag that is gone";
    chips.push({ key: `t ${tag}`, text: `#${name}`, off: { tag: toggled(search.tag, tag) } });
  }
  if (search.due) chips.push({ key: "due", text: DUE_LABEL[search.due], off: { due: undefined } });
  for (const field of search.field ?? []) {
    const colon = field.indexOf(":");
    const label = fields.find((entry) => entry.field_key === field.slice(0, colon))?.label ?? field.slice(0, colon);
    chips.push({
      key: `f ${field}`,
      text: `${label}: ${field.slice(colon + 1) || "none"}`,
      off: { field: toggled(search.field, field) },
    });
  }
  return chips.map((chip) => (
    <span
      key={chip.key}
      className="inline-flex h-6 max-w-60 items-center gap-1 rounded-full bg-accent-soft pr-1 pl-2.5 text-xs font-medium text-accent-text max-md:h-8"
    >
      <span className="truncate">{chip.text}</span>
      <button
        type="button"
        aria-label={`Remove the filter ${chip.text}`}
        onClick={() => onChange(chip.off)}
        className="grid size-4 shrink-0 place-items-center rounded-full hover:bg-surface max-md:size-6"
      >
        <X size={11} />
      </button>
    </span>
  ));
}
