import { getRouteApi } from "@tanstack/react-router";
import { ListFilter, Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "@/components/ui/Button";
import { Menu, MenuChoice, MenuSeparator, MenuToggles } from "@/components/ui/Menu";
import { useShortcuts } from "@/features/shell/shortcuts";
import { PRIORITIES, PriorityIcon, priorityLabel, priorityRank, STATUS_OPTIONS } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { useNow } from "@/lib/now";
import { useBoard } from "./context";
import { needs } from "./filter";
import { type Attention, type BoardSearch, isFiltered, withoutFilters } from "./search";

const route = getRouteApi("/shell/boards/$boardId");

const ATTENTION: { value: Attention; label: string }[] = [
  { value: "review", label: "In review" },
  { value: "approval", label: "Approval needed" },
  { value: "blocked", label: "Blocked" },
  { value: "overdue", label: "Overdue" },
];

/** Narrows the board down; everything chosen here is in the address. */
export function Filters({ shown }: { shown: number }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { tasks } = useBoard();
  const now = useNow();
  const set = (changes: Partial<BoardSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });

  return (
    <search className="flex shrink-0 flex-wrap items-center gap-2 px-4 py-2.5 max-md:flex-nowrap max-md:overflow-x-auto max-md:px-3">
      <TextFilter value={search.q ?? ""} onChange={(q) => set({ q: q || undefined })} />
      <FilterMenu search={search} onChange={set} />
      <fieldset className="flex items-center gap-1">
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
      {isFiltered(search) && (
        <>
          <span role="status" className="text-xs whitespace-nowrap text-ink-3">
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
        </>
      )}
    </search>
  );
}

// A big board is filtered when the typing pauses, not at every letter.
const TYPING_PAUSE_MS = 120;

function TextFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  // The field keeps what is typed; the address follows.
  const [text, setText] = useState(value);
  const [lastValue, setLastValue] = useState(value);
  if (value !== lastValue) {
    setLastValue(value);
    if (value !== text.trim()) setText(value);
  }
  useShortcuts({ "/": () => input.current?.focus() });
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(pending.current), []);
  const type = (next: string) => {
    setText(next);
    clearTimeout(pending.current);
    pending.current = setTimeout(() => onChange(next.trim()), TYPING_PAUSE_MS);
  };
  const clear = () => {
    clearTimeout(pending.current);
    setText("");
    onChange("");
  };
  return (
    <div className="relative w-56 max-md:w-40 max-md:shrink-0">
      <Search size={14} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" aria-hidden="true" />
      <input
        ref={input}
        type="search"
        aria-label="Filter tasks by text"
        aria-keyshortcuts="/"
        placeholder="Filter…"
        className="field h-8 pr-7! pl-8! max-md:h-10 [&::-webkit-search-cancel-button]:hidden"
        value={text}
        onChange={(event) => {
          type(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          if (text) {
            clear();
          } else {
            input.current?.blur();
          }
        }}
      />
      {text && (
        <IconButton
          label="Clear the text filter"
          size="sm"
          className="absolute! top-0.5 right-0.5"
          onClick={() => {
            clear();
            input.current?.focus();
          }}
        >
          <X size={13} />
        </IconButton>
      )}
    </div>
  );
}

function FilterMenu({ search, onChange }: { search: BoardSearch; onChange: (changes: Partial<BoardSearch>) => void }) {
  const { snapshot, tasks } = useBoard();
  const priorities = [...new Set([...PRIORITIES, ...tasks.map((task) => task.priority)])].sort(
    (a, b) => priorityRank(a) - priorityRank(b),
  );
  const chosen = (search.status?.length ?? 0) + (search.priority?.length ?? 0) + (search.assignee ? 1 : 0);
  return (
    <Menu
      className="w-56"
      trigger={
        <Button icon={<ListFilter size={14} />}>
          Filter
          {chosen > 0 && <span className="rounded-full bg-accent-soft px-1.5 text-xs text-accent-text">{chosen}</span>}
        </Button>
      }
    >
      <MenuToggles
        label="Status"
        values={search.status ?? []}
        options={STATUS_OPTIONS}
        onChange={(status) => onChange({ status: status.length > 0 ? status : undefined })}
      />
      <MenuSeparator />
      <MenuToggles
        label="Priority"
        values={search.priority ?? []}
        options={priorities.map((value) => ({
          value,
          label: priorityLabel(value),
          icon: <PriorityIcon priority={value} />,
        }))}
        onChange={(priority) => onChange({ priority: priority.length > 0 ? priority : undefined })}
      />
      <MenuSeparator />
      <MenuChoice
        label="Assignee"
        value={search.assignee ?? ""}
        options={[
          { value: "", label: "Anybody" },
          { value: "none", label: "Nobody" },
          ...snapshot.agents.map((agent) => ({ value: agent.id, label: agent.name })),
        ]}
        onChange={(assignee) => onChange({ assignee: assignee || undefined })}
      />
    </Menu>
  );
}
