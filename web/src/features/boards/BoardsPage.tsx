import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowDownUp, LayoutGrid, Plus } from "lucide-react";
import { Suspense } from "react";
import { boardsQuery } from "@/api/queries/boards";
import { groupsQuery } from "@/api/queries/groups";
import type { Board, BoardGroup } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { SearchField } from "@/components/SearchField";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { lazyMenu } from "@/components/ui/lazyMenu";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { late } from "@/lib/late";
import { useShortcuts } from "@/lib/shortcuts";
import { useTitle } from "@/lib/title";
import { BoardRow } from "./BoardRow";
import type { BoardSortMenuProps } from "./BoardSortMenu";
import { PauseAll } from "./PauseAll";
import { type BoardsSearch, SORT_LABEL, sortBoards } from "./search";

const route = getRouteApi("/shell/boards");
const CreateBoardDialog = late(() => import("./CreateBoardDialog"));
const BoardSortMenu = lazyMenu<BoardSortMenuProps>(() => import("./BoardSortMenu"));
const NO_GROUPS: readonly BoardGroup[] = [];
// Below this many, looking is faster than typing.
const SEARCHABLE_FROM = 8;

/** All boards that the user may read. */
export function BoardsPage() {
  useTitle("Boards");
  const { create, q = "", sort } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(boardsQuery);
  const admin = useOrganizationAdmin();
  const boards = query.data?.items ?? [];
  const grouped = boards.some((board) => board.board_group_id);
  const groups = useQuery({ ...groupsQuery, enabled: grouped }).data?.items ?? NO_GROUPS;
  const groupOf = (board: Board) => groups.find((group) => group.id === board.board_group_id);
  const needle = q.toLowerCase();
  const shown = sortBoards(
    boards.filter((board) =>
      `${board.name} ${board.description} ${groupOf(board)?.name ?? ""}`.toLowerCase().includes(needle),
    ),
    sort,
    (board) => groupOf(board)?.name,
  );
  const set = (changes: Partial<BoardsSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });
  const openDialog = () => admin.allowed && void navigate({ search: (previous) => ({ ...previous, create: true }) });
  useShortcuts({ n: openDialog });

  const createButton = (
    <Button variant="primary" icon={<Plus size={15} />} reason={admin.reason} onClick={openDialog}>
      New board
    </Button>
  );
  return (
    <>
      <PageHeader
        actions={
          <>
            {boards.length > 0 && <PauseAll boards={boards} />}
            {createButton}
          </>
        }
      >
        <PageTitle>Boards</PageTitle>
        {query.data && <span className="text-xs text-ink-3">{query.data.total}</span>}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="@container mx-auto max-w-5xl">
          {query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton label="Loading the boards" />
            </div>
          )}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The boards could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && boards.length === 0 && (
            <EmptyState icon={<LayoutGrid size={20} />} title="No boards yet" action={createButton}>
              A board holds the tasks of one goal or team, the agents that work on them, their chat, and the webhooks
              that bring work in. Start with one, or let the{" "}
              <Link to="/welcome" className="text-accent-text underline underline-offset-2">
                first steps
              </Link>{" "}
              lead you.
            </EmptyState>
          )}
          {boards.length > 1 && (
            <div className="mb-3 flex flex-wrap items-center gap-2">
              {(boards.length >= SEARCHABLE_FROM || q) && (
                <SearchField
                  label="Find a board"
                  placeholder="Find a board…"
                  value={q}
                  onChange={(text) => set({ q: text || undefined })}
                  className="w-72 max-md:w-auto max-md:min-w-0 max-md:flex-1"
                />
              )}
              <span className="ml-auto">
                <BoardSortMenu
                  sort={sort}
                  grouped={grouped}
                  onChange={(order) => set({ sort: order })}
                  trigger={<Button icon={<ArrowDownUp size={14} />}>{SORT_LABEL[sort ?? "name"]}</Button>}
                />
              </span>
            </div>
          )}
          {shown.length > 0 && (
            <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-card">
              {shown.map((board) => (
                <BoardRow key={board.id} board={board} group={groupOf(board)} />
              ))}
            </ul>
          )}
          {boards.length > 0 && shown.length === 0 && (
            <p className="py-10 text-center text-ink-2">
              No board has “{q}” in its name, its description or its group.
            </p>
          )}
          {query.data && query.data.total > boards.length && (
            <p className="mt-3 text-center text-xs text-ink-3">
              The first {boards.length} of {query.data.total} boards.
            </p>
          )}
        </div>
      </div>
      <Suspense>{create && <CreateBoardDialog open onClose={() => set({ create: undefined })} />}</Suspense>
    </>
  );
}
