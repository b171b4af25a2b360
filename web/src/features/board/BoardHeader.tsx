import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { groupsQuery } from "@/api/queries/groups";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";

const TAB =
  "flex h-9 items-center border-b-2 border-transparent px-1 text-sm text-ink-2 hover:text-ink max-md:h-11 whitespace-nowrap";
const ACTIVE = { className: "border-accent! text-ink! font-medium", "aria-current": "page" as const };

interface BoardHeaderProps {
  boardId: string;
  /** Null while the board is being loaded. */
  name: string | null;
  /** The page within the board, for the heading; nothing on the board itself. */
  page?: string;
  /** The group that the board belongs to. */
  group?: string | null;
  actions?: ReactNode;
}

/** The top of every page of a board: its name and its pages. */
export function BoardHeader({ boardId, name, page, group, actions }: BoardHeaderProps) {
  const params = { boardId };
  return (
    <>
      <PageHeader actions={actions}>
        <Link to="/boards" className="text-sm text-ink-3 hover:text-ink @max-3xl/header:hidden">
          Boards
        </Link>
        <ChevronRight size={14} className="shrink-0 text-ink-3 @max-3xl/header:hidden" aria-hidden="true" />
        {group && <GroupCrumb group={group} />}
        <PageTitle>
          {name === null ? <span className="skeleton inline-block h-4 w-40 align-middle" /> : name || "Untitled board"}
          {page && <span className="sr-only">: {page}</span>}
        </PageTitle>
      </PageHeader>
      <nav aria-label="Board" className="flex shrink-0 gap-5 border-b border-line bg-canvas px-4">
        <Link
          to="/boards/$boardId"
          params={params}
          className={TAB}
          activeProps={ACTIVE}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          Tasks
        </Link>
        <Link to="/boards/$boardId/webhooks" params={params} className={TAB} activeProps={ACTIVE}>
          Webhooks
        </Link>
        <Link to="/boards/$boardId/settings" params={params} className={TAB} activeProps={ACTIVE}>
          Settings
        </Link>
      </nav>
    </>
  );
}

/** The way to the group of the board; nothing until its name is known. */
function GroupCrumb({ group }: { group: string }) {
  const name = useQuery(groupsQuery).data?.items.find((entry) => entry.id === group)?.name;
  if (!name) return null;
  return (
    <>
      <Link
        to="/board-groups/$groupId"
        params={{ groupId: group }}
        className="max-w-48 truncate text-sm text-ink-3 hover:text-ink @max-4xl/header:hidden"
      >
        {name}
      </Link>
      <ChevronRight size={14} className="shrink-0 text-ink-3 @max-4xl/header:hidden" aria-hidden="true" />
    </>
  );
}
