import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BookOpen, Search } from "lucide-react";
import { serverLink } from "@/api/origin";
import { boardsQuery } from "@/api/queries/boards";
import { Kbd } from "@/components/ui/Button";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { cx } from "@/lib/cx";
import { OrganizationSwitcher } from "./OrganizationSwitcher";
import { isForAdmins, PAGES, SECTIONS } from "./pages";
import { UserMenu } from "./UserMenu";
import { WaitingCount } from "./WaitingCount";

const ITEM =
  "flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink max-md:h-11 max-md:text-base";
const ACTIVE = { className: "bg-hover text-ink! font-medium", "aria-current": "page" as const };

// So many boards fit without pushing the user menu out of sight; the rest is one click away.
const BOARDS_SHOWN = 12;

/** Navigation: organization, pages, boards, user. */
export function Sidebar({ onSearch }: { onSearch: () => void }) {
  const boards = useQuery(boardsQuery);
  const admin = useOrganizationAdmin();
  const pages = PAGES.filter((page) => admin.allowed || !isForAdmins(page));
  const shown = boards.data?.items.slice(0, BOARDS_SHOWN) ?? [];
  const more = (boards.data?.total ?? 0) - shown.length;
  return (
    <aside aria-label="Navigation" className="flex h-full flex-col gap-1 p-2">
      <OrganizationSwitcher />
      <button type="button" onClick={onSearch} className={cx(ITEM, "mt-1 border border-line bg-surface shadow-card")}>
        <Search size={15} aria-hidden="true" />
        <span className="flex-1 text-left">Find…</span>
        <Kbd className="max-md:hidden">Ctrl K</Kbd>
      </button>
      <nav aria-label="Main" className="mt-2 flex min-h-0 flex-1 flex-col overflow-y-auto">
        {SECTIONS.filter((section) => pages.some((page) => page.section === section)).map((section) => (
          <section key={section} aria-label={section} className="mb-3">
            <h2 className="mb-1 px-2 text-xs font-medium text-ink-3">{section}</h2>
            <ul className="space-y-0.5">
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
                  </li>
                ))}
            </ul>
          </section>
        ))}
        {shown.length > 0 && (
          <>
            <h2 className="mt-2 mb-1 px-2 text-xs font-medium text-ink-3">Your boards</h2>
            <ul className="space-y-0.5">
              {shown.map((board) => (
                <li key={board.id}>
                  <Link to="/boards/$boardId" params={{ boardId: board.id }} className={ITEM} activeProps={ACTIVE}>
                    <span
                      className="grid size-4 shrink-0 place-items-center rounded bg-accent-soft text-[10px] font-semibold text-accent-text"
                      aria-hidden="true"
                    >
                      {board.name.trim().charAt(0).toUpperCase() || "·"}
                    </span>
                    <span className="truncate">{board.name || "Untitled board"}</span>
                  </Link>
                </li>
              ))}
              {more > 0 && (
                <li>
                  <Link to="/boards" className={ITEM}>
                    <span className="size-4" />
                    {more} more
                  </Link>
                </li>
              )}
            </ul>
          </>
        )}
      </nav>
      <a href={serverLink("/docs")} className={ITEM}>
        <BookOpen size={16} aria-hidden="true" />
        API reference
      </a>
      <UserMenu />
    </aside>
  );
}
