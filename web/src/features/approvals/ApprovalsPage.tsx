import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions } from "@tanstack/react-router";
import { ShieldCheck, X } from "lucide-react";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { approvalsQuery } from "@/api/queries/approvals";
import { boardsQuery } from "@/api/queries/boards";
import type { Approval } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { OlderButton } from "@/components/OlderButton";
import { SearchField } from "@/components/SearchField";
import { ListSkeleton } from "@/components/Skeletons";
import { Tabs } from "@/components/Tabs";
import { Button } from "@/components/ui/Button";
import { LazyCombobox } from "@/components/ui/LazyCombobox";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { late } from "@/lib/late";
import { useMedia, WIDE } from "@/lib/media";
import { useShortcuts } from "@/lib/shortcuts";
import { useTitle } from "@/lib/title";
import { ApprovalDetail } from "./ApprovalDetail";
import { ApprovalList } from "./ApprovalList";
import { useDecisions } from "./decisions";
import { confidenceOf, label, matches } from "./describe";
import { APPROVAL_SORTS, APPROVAL_VIEWS, type ApprovalSort, type ApprovalsSearch } from "./search";

const route = getRouteApi("/shell/approvals");

const BulkBar = late(() => import("./BulkBar"));

/** What agents ask people to decide, on all boards. */
export function ApprovalsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = search.state ?? "pending";
  const wide = useMedia(WIDE);
  const query = useInfiniteQuery(approvalsQuery(view, search.board));
  const total = query.data?.pages[0]?.total;
  useTitle("Approvals");
  const { held } = useDecisions();
  const loaded = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const shown = useMemo(() => arrange(loaded, search), [loaded, search]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLUListElement>(null);
  const set = (changes: Partial<ApprovalsSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });

  // What waits is read whole, or searching and sorting would only see its newest part.
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (view === "pending" && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [view, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const named = shown.find((approval) => approval.id === search.approval);
  // When the selected one leaves the list, the one that takes its place is next.
  const place = useRef(0);
  const selected = named ?? (wide || search.approval ? shown[Math.min(place.current, shown.length - 1)] : undefined);
  useEffect(() => {
    if (selected) place.current = shown.indexOf(selected);
  }, [selected, shown]);
  const detail = wide ? selected : named;

  const step = (by: number) => {
    const next = shown[selected ? shown.indexOf(selected) + by : 0];
    if (!next) return;
    set({ approval: next.id });
    const row = list.current?.querySelector<HTMLElement>(`[data-approval="${next.id}"]`);
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector<HTMLElement>("a")?.focus();
  };
  const press = (action: "approve" | "reject") => () =>
    document.querySelector<HTMLButtonElement>(`[data-action="${action}"]`)?.click();
  const toggle = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    a: press("approve"),
    r: press("reject"),
    x: () => selected && toggle(selected.id, !chosen.has(selected.id)),
  });
  const bulk = shown.filter(
    (approval) => chosen.has(approval.id) && approval.status === "pending" && !held.has(approval.id),
  );

  return (
    <>
      <PageHeader>
        <PageTitle>Approvals</PageTitle>
      </PageHeader>
      <div className="px-4 max-md:px-3">
        <Tabs
          label="Which approvals"
          tabs={APPROVAL_VIEWS.map((entry) => ({
            label: entry.label,
            active: view === entry.value,
            count: view === entry.value ? total : undefined,
            link: linkOptions({
              to: "/approvals",
              search: {
                ...search,
                state: entry.value === "pending" ? undefined : entry.value,
                approval: undefined,
              },
            }),
          }))}
        />
      </div>
      {!(detail && !wide) && (
        <Filters
          search={search}
          actions={[...new Set(loaded.map((approval) => approval.action_type))].sort()}
          onChange={set}
        />
      )}
      {query.isPending ? (
        <div className="m-4 rounded-xl border border-line bg-surface">
          <ListSkeleton rows={5} label="Loading the approvals" />
        </div>
      ) : query.error && !query.data ? (
        <ErrorState
          error={query.error}
          title="The approvals could not be loaded"
          onRetry={() => void query.refetch()}
        />
      ) : shown.length === 0 ? (
        <Nothing
          search={search}
          filtered={loaded.length > 0 || Boolean(search.board || search.q || search.action)}
          onClear={() => set({ board: undefined, q: undefined, action: undefined, approval: undefined })}
        />
      ) : (
        <div className="flex min-h-0 flex-1 border-t border-line">
          {!(detail && !wide) && (
            <div className="flex min-h-0 w-full min-w-0 flex-col min-[1100px]:w-96 min-[1100px]:shrink-0 min-[1100px]:border-r min-[1100px]:border-line">
              {bulk.length > 0 && (
                <Suspense>
                  <BulkBar chosen={bulk} shown={shown} onChange={setChosen} />
                </Suspense>
              )}
              <div className="min-h-0 flex-1 overflow-y-auto">
                <ApprovalList
                  ref={list}
                  approvals={shown}
                  selected={wide ? selected?.id : undefined}
                  chosen={chosen}
                  onToggle={toggle}
                />
                {view !== "pending" && (
                  <div className="pb-4">
                    <OlderButton query={query} what="approvals" />
                  </div>
                )}
              </div>
            </div>
          )}
          {detail && (
            <ApprovalDetail
              key={detail.id}
              approval={detail}
              onBack={wide ? undefined : () => set({ approval: undefined })}
            />
          )}
        </div>
      )}
    </>
  );
}

function arrange(approvals: Approval[], search: ApprovalsSearch): Approval[] {
  const shown = approvals.filter(
    (approval) => (!search.action || approval.action_type === search.action) && matches(approval, search.q ?? ""),
  );
  if (search.sort === "oldest") return shown.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  if (search.sort === "unsure") return shown.sort((a, b) => confidenceOf(a) - confidenceOf(b));
  return shown;
}

function Filters({
  search,
  actions,
  onChange,
}: {
  search: ApprovalsSearch;
  actions: string[];
  onChange: (changes: Partial<ApprovalsSearch>) => void;
}) {
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const offered = search.action && !actions.includes(search.action) ? [...actions, search.action] : actions;
  return (
    <search className="flex flex-wrap items-center gap-2 px-4 py-3 max-md:px-3">
      <SearchField
        label="Search the approvals"
        placeholder="Search…"
        value={search.q ?? ""}
        onChange={(q) => onChange({ q: q || undefined })}
        className="w-56 max-md:w-full"
      />
      <LazyCombobox
        label="Board"
        none="All boards"
        value={search.board ?? null}
        options={boards.map((board) => ({ value: board.id, label: board.name }))}
        onChange={(board) => onChange({ board: board ?? undefined, approval: undefined })}
        className="w-44 max-md:w-0 max-md:flex-1"
      />
      <LazyCombobox
        label="Action"
        none="All actions"
        value={search.action ?? null}
        options={offered.map((action) => ({ value: action, label: label(action) }))}
        onChange={(action) => onChange({ action: action ?? undefined, approval: undefined })}
        className="w-44 max-md:w-0 max-md:flex-1"
      />
      <LazyCombobox
        label="Order"
        value={search.sort ?? "newest"}
        options={[...APPROVAL_SORTS]}
        onChange={(sort) => {
          const chosen = sort as ApprovalSort | null;
          onChange({ sort: chosen === "newest" || chosen === null ? undefined : chosen });
        }}
        className="w-40 max-md:w-full md:ml-auto"
      />
    </search>
  );
}

function Nothing({ search, filtered, onClear }: { search: ApprovalsSearch; filtered: boolean; onClear: () => void }) {
  const icon = <ShieldCheck size={20} />;
  if (filtered) {
    const onlyBoard = search.board && !search.q && !search.action;
    return (
      <EmptyState
        icon={icon}
        title={onlyBoard ? "Nothing on this board" : "Nothing matches the filters"}
        action={
          <Button icon={<X size={14} />} onClick={onClear}>
            {onlyBoard ? "Show all boards" : "Clear filters"}
          </Button>
        }
      >
        {onlyBoard ? "Other boards may have some." : "Try other words or another board."}
      </EmptyState>
    );
  }
  return search.state ? (
    <EmptyState icon={icon} title="Nothing here yet">
      Past decisions appear here, with who decided and why.
    </EmptyState>
  ) : (
    <EmptyState icon={icon} title="No pending approvals">
      Agents ask here before they do what needs a person’s approval: what they want to do, why, and with what
      confidence.
    </EmptyState>
  );
}
