import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ShieldCheck, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { messageOf } from "@/api/errors";
import { approvalsQuery } from "@/api/queries/approvals";
import { boardsQuery } from "@/api/queries/boards";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Pill } from "@/components/Pill";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { Select } from "@/components/ui/Select";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useShortcuts } from "@/features/shell/shortcuts";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { ApprovalCard } from "./ApprovalCard";
import { label } from "./describe";
import { type Decision, useDecide } from "./mutations";
import { APPROVAL_VIEWS, type ApprovalsSearch } from "./search";

const route = getRouteApi("/shell/approvals");

/** What agents ask people to decide, on all boards. */
export function ApprovalsPage() {
  useTitle("Approvals");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = search.state ?? "pending";
  const query = useInfiniteQuery(approvalsQuery(view));
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const boardNames = new Map(boards.map((board) => [board.id, board.name]));
  const decide = useDecide();
  const loaded = query.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = search.board ? loaded.filter((approval) => approval.board_id === search.board) : loaded;
  const selected = shown.find((approval) => approval.id === search.approval) ?? shown[0];
  const list = useRef<HTMLUListElement>(null);
  const set = (changes: Partial<ApprovalsSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });

  const step = (by: number) => {
    const next = shown[shown.findIndex((approval) => approval.id === selected?.id) + by];
    if (!next) return;
    set({ approval: next.id });
    list.current?.querySelector<HTMLElement>(`[data-approval="${next.id}"]`)?.focus();
  };
  const open = (action: "approve" | "reject") => () => {
    const card = list.current?.querySelector(`[data-approval="${selected?.id}"]`);
    card?.querySelector<HTMLButtonElement>(`[data-action="${action}"]`)?.click();
  };
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    a: open("approve"),
    r: open("reject"),
  });

  useEffect(() => {
    if (search.approval) {
      list.current?.querySelector(`[data-approval="${search.approval}"]`)?.scrollIntoView({ block: "nearest" });
    }
  }, [search.approval]);

  const onDecide = (decision: Decision) => {
    const { approval, status } = decision;
    const next = shown[shown.findIndex((entry) => entry.id === approval.id) + 1];
    decide.mutate(decision, {
      onSuccess: () => {
        if (view === "pending") set({ approval: next?.id });
        if (status === "pending") return;
        notifySuccess(`${label(approval.action_type)}: ${status}`, {
          action: { label: "Undo", onClick: () => onDecide({ approval, status: "pending" }) },
        });
      },
      onError: (error) => notifyError("The decision was not taken", { description: messageOf(error) }),
    });
  };

  return (
    <>
      <PageHeader>
        <PageTitle>Approvals</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-4xl p-4 max-md:p-3">
          <search className="mb-4 flex flex-wrap items-center gap-2">
            <fieldset className="flex flex-wrap items-center gap-1">
              <legend className="sr-only">Which approvals</legend>
              {APPROVAL_VIEWS.map((entry) => (
                <Pill
                  key={entry.value}
                  on={view === entry.value}
                  onClick={() =>
                    set({ state: entry.value === "pending" ? undefined : entry.value, approval: undefined })
                  }
                >
                  {entry.label}
                </Pill>
              ))}
            </fieldset>
            <Select
              label="Board"
              value={search.board ?? ""}
              options={[
                { value: "", label: "All boards" },
                ...boards.map((board) => ({ value: board.id, label: board.name })),
              ]}
              onChange={(board) => set({ board: board || undefined, approval: undefined })}
              className="ml-auto w-44 max-md:ml-0 max-md:w-full"
            />
          </search>
          {query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton rows={4} label="Loading the approvals" />
            </div>
          )}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The approvals could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && shown.length === 0 && <Nothing search={search} onClear={() => set({ board: undefined })} />}
          {shown.length > 0 && (
            <ul ref={list} aria-label="Approvals" className="space-y-3">
              {shown.map((approval) => (
                <ApprovalCard
                  key={approval.id}
                  approval={approval}
                  boardName={boardNames.get(approval.board_id)}
                  selected={approval.id === selected?.id}
                  busy={decide.isPending && decide.variables.approval.id === approval.id}
                  onSelect={() => set({ approval: approval.id })}
                  onDecide={onDecide}
                />
              ))}
            </ul>
          )}
          {query.hasNextPage && (
            <div className="mt-4 flex justify-center">
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Load older approvals
              </Button>
            </div>
          )}
        </div>
      </div>
    </>
  );
}

function Nothing({ search, onClear }: { search: ApprovalsSearch; onClear: () => void }) {
  const icon = <ShieldCheck size={20} />;
  if (search.board) {
    return (
      <EmptyState
        icon={icon}
        title="Nothing on this board"
        action={
          <Button icon={<X size={14} />} onClick={onClear}>
            Show all boards
          </Button>
        }
      >
        The other boards may have some.
      </EmptyState>
    );
  }
  return search.state ? (
    <EmptyState icon={icon} title="Nothing here yet">
      Decisions that were taken appear here, with who took them and why.
    </EmptyState>
  ) : (
    <EmptyState icon={icon} title="Nothing waits for you">
      When an agent wants to do something that needs a person's yes, it asks here: with its reason, how sure it is, and
      the tasks that it is about.
    </EmptyState>
  );
}
