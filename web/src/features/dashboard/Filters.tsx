import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { boardsQuery } from "@/api/queries/boards";
import { groupsQuery } from "@/api/queries/groups";
import { LazyCombobox } from "@/components/ui/LazyCombobox";
import { useAwake } from "@/lib/awake";
import { cx } from "@/lib/cx";
import { type DashboardSearch, FIRST_RANGE, RANGES } from "./search";

/** Of which time and which boards the figures are. */
export function Filters({ search }: { search: DashboardSearch }) {
  const navigate = useNavigate({ from: "/dashboard" });
  const boards = useQuery(boardsQuery).data?.items ?? [];
  // Boards say whether there are groups; their names are read when somebody may choose one.
  const awake = useAwake();
  const grouped = boards.some((board) => board.board_group_id !== null);
  const wanted = grouped && (awake || search.boardGroup !== undefined);
  const groups = useQuery({ ...groupsQuery, enabled: wanted }).data?.items ?? [];
  const chosen = search.range ?? FIRST_RANGE;
  const set = (changes: DashboardSearch) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });
  return (
    <search className="flex flex-wrap items-center gap-2">
      <nav
        aria-label="Range"
        className="flex overflow-x-auto rounded-lg border border-line bg-surface p-0.5 shadow-card [scrollbar-width:none] max-md:w-full"
      >
        {RANGES.map((range) => (
          <Link
            key={range.value}
            to="/dashboard"
            search={(previous) => ({ ...previous, range: range.value === FIRST_RANGE ? undefined : range.value })}
            replace
            activeProps={{}}
            aria-current={range.value === chosen ? "true" : undefined}
            aria-label={`The last ${range.long}`}
            className={cx(
              "grid h-7 flex-1 place-items-center rounded-md px-2.5 text-xs font-medium tabular-nums max-md:h-9 max-md:px-2",
              range.value === chosen ? "bg-accent-soft text-accent-text" : "text-ink-2 hover:bg-hover hover:text-ink",
            )}
          >
            {range.label}
          </Link>
        ))}
      </nav>
      <div className="ml-auto flex gap-2 max-md:w-full">
        {grouped && (
          <LazyCombobox
            label="Board group"
            none="All groups"
            value={search.boardGroup ?? null}
            options={groups.map((group) => ({ value: group.id, label: group.name }))}
            onChange={(group) => set({ boardGroup: group ?? undefined, board: undefined })}
            className="w-44 max-md:w-0 max-md:flex-1"
          />
        )}
        <LazyCombobox
          label="Board"
          none="All boards"
          value={search.board ?? null}
          options={boards
            .filter((board) => !search.boardGroup || board.board_group_id === search.boardGroup)
            .map((board) => ({ value: board.id, label: board.name || "Untitled board" }))}
          onChange={(board) => set({ board: board ?? undefined })}
          className="w-48 max-md:w-0 max-md:flex-1"
        />
      </div>
    </search>
  );
}
