import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { LayoutGrid, Plus, Search } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { boardsQuery } from "@/api/queries/boards";
import type { Board } from "@/api/types";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useShortcuts } from "@/lib/shortcuts";
import { useTitle } from "@/lib/title";

import { PauseAll } from "./PauseAll";

const route = getRouteApi("/shell/boards");
const CreateBoardDialog = lazy(() => import("./CreateBoardDialog"));
// Below this many, looking is faster than typing.
const SEARCHABLE_FROM = 8;

/** All boards that the user may read. */
export function BoardsPage() {
  useTitle("Boards");
  const { create } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(boardsQuery);
  const admin = useOrganizationAdmin();
  const [text, setText] = useState("");
  const boards = query.data?.items ?? [];
  const needle = text.trim().toLowerCase();
  const shown = boards.filter((board) => `${board.name} ${board.description}`.toLowerCase().includes(needle));
  const openDialog = () => admin.allowed && void navigate({ search: { create: true } });
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
        <div className="mx-auto max-w-5xl">
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
          {boards.length >= SEARCHABLE_FROM && (
            <div className="relative mb-3 w-72 max-md:w-full">
              <Search size={14} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" aria-hidden="true" />
              <input
                type="search"
                aria-label="Find a board"
                placeholder="Find a board…"
                className="field pl-8!"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            </div>
          )}
          {shown.length > 0 && (
            <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-card">
              {shown.map((board) => (
                <BoardRow key={board.id} board={board} />
              ))}
            </ul>
          )}
          {boards.length > 0 && shown.length === 0 && (
            <p className="py-10 text-center text-ink-2">No board has “{text.trim()}” in its name or description.</p>
          )}
          {query.data && query.data.total > boards.length && (
            <p className="mt-3 text-center text-xs text-ink-3">
              The first {boards.length} of {query.data.total} boards.
            </p>
          )}
        </div>
      </div>
      <Suspense>
        {create && <CreateBoardDialog open onClose={() => void navigate({ search: {}, replace: true })} />}
      </Suspense>
    </>
  );
}

function BoardRow({ board }: { board: Board }) {
  return (
    <li className="group relative flex items-center gap-3 px-4 py-3 hover:bg-hover">
      <span
        className="grid size-8 shrink-0 place-items-center rounded-lg bg-accent-soft text-sm font-semibold text-accent-text"
        aria-hidden="true"
      >
        {board.name.trim().charAt(0).toUpperCase() || "·"}
      </span>
      <div className="min-w-0 flex-1">
        <Link
          to="/boards/$boardId"
          params={{ boardId: board.id }}
          className="block truncate font-semibold after:absolute after:inset-0"
        >
          {board.name || "Untitled board"}
        </Link>
        <p className="truncate text-xs text-ink-3">{board.description}</p>
      </div>
      <span className="max-md:hidden">
        {board.board_type === "goal" ? <Badge tone="accent">Goal</Badge> : <Badge>General</Badge>}
      </span>
      <RelativeTime value={board.updated_at} className="w-20 text-right text-xs text-ink-3" />
    </li>
  );
}
