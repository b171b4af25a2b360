import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { BookOpen, Search } from "lucide-react";
import { useEffect } from "react";
import { serverLink } from "@/api/origin";
import { boardsQuery } from "@/api/queries/boards";
import type { Board } from "@/api/types";
import { Kbd } from "@/components/ui/Button";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { useGuideDone } from "@/features/welcome/guide";
import { cx } from "@/lib/cx";
import { formatCount } from "@/lib/format";
import { OrganizationSwitcher } from "./OrganizationSwitcher";
import { isForAdmins, PAGES, SECTIONS } from "./pages";
import { recentBoards, shortList } from "./recentBoards";
import { UserMenu } from "./UserMenu";
import { WaitingCount } from "./WaitingCount";

const ITEM =
  "flex h-7 items-center gap-2.5 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink max-md:h-11 max-md:text-base";
const ACTIVE = { className: "bg-hover text-ink! font-medium", "aria-current": "page" as const };

// The boards that somebody works on; all of them are one click away.
const BOARDS_SHOWN = 6;

/** Navigation: organization, pages with the boards among them, user. */
export function Sidebar({ onSearch }: { onSearch: () => void }) {
  const admin = useOrganizationAdmin();
  const boards = useQuery(boardsQuery).data;
  const guideDone = useGuideDone();
  // Who has several boards has found the way.
  const hidesGuide = guideDone || (boards?.total ?? 0) > 1;
  const pages = PAGES.filter(
    (page) => (admin.allowed || !isForAdmins(page)) && !(page.link.to === "/welcome" && hidesGuide),
  );
  return (
    <aside aria-label="Navigation" className="flex h-full flex-col gap-1 p-2">
      <OrganizationSwitcher />
      <button
        type="button"
        onClick={onSearch}
        className={cx(ITEM, "mt-1 h-8 border border-line bg-surface shadow-card")}
      >
        <Search size={15} aria-hidden="true" />
        <span className="flex-1 text-left">Find…</span>
        <Kbd className="max-md:hidden">Ctrl K</Kbd>
      </button>
      <nav aria-label="Main" className="mt-2 flex min-h-0 flex-1 flex-col overflow-y-auto">
        {SECTIONS.filter((section) => pages.some((page) => page.section === section)).map((section) => (
          <section key={section} aria-label={section} className="mb-3">
            <h2 className="mb-1 px-2 text-xs font-medium text-ink-3">{section}</h2>
            <ul className="space-y-px">
              {pages
                .filter((page) => page.section === section)
                .map((page) => (
                  <li key={page.link.to}>
                    <Link
                      {...page.link}
                      className={ITEM}
                      activeProps={ACTIVE}
                      activeOptions={{ exact: page.link.to === "/boards", includeSearch: false }}
                    >
                      <page.icon size={16} aria-hidden="true" />
                      {page.label}
                      {page.link.to === "/approvals" && <WaitingCount />}
                    </Link>
                    {page.link.to === "/boards" && <Boards boards={boards?.items ?? []} total={boards?.total ?? 0} />}
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </nav>
      <a href={serverLink("/docs")} className={ITEM}>
        <BookOpen size={16} aria-hidden="true" />
        API reference
      </a>
      <UserMenu />
    </aside>
  );
}

/** The boards that were opened last, under the page with all of them. */
function Boards({ boards, total }: { boards: readonly Board[]; total: number }) {
  const recent = recentBoards.use();
  const open = useParams({ strict: false }).boardId;
  useEffect(() => {
    if (open) recentBoards.add(open);
  }, [open]);
  const shown = shortList(boards, recent, BOARDS_SHOWN);
  if (shown.length === 0) return null;
  return (
    <ul aria-label="Boards" className="mt-px ml-4 space-y-px border-l border-line pl-2">
      {shown.map((board) => (
        <li key={board.id}>
          <Link to="/boards/$boardId" params={{ boardId: board.id }} className={ITEM} activeProps={ACTIVE}>
            <span className="truncate">{board.name || "Untitled board"}</span>
          </Link>
        </li>
      ))}
      {total > shown.length && (
        <li>
          <Link to="/boards" className={cx(ITEM, "text-ink-3")} activeProps={{}} activeOptions={{ exact: true }}>
            All {formatCount(total)} boards
          </Link>
        </li>
      )}
    </ul>
  );
}
