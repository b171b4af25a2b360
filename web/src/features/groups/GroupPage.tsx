import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronRight, Gauge, LayoutGrid, MessageSquare, NotebookText } from "lucide-react";
import { useState } from "react";
import { groupSnapshotQuery } from "@/api/queries/groups";
import type { GroupBoard } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { Select } from "@/components/ui/Select";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";
import { useTitle } from "@/lib/title";
import { GroupPanel } from "./GroupPanel";
import { PaceDialog } from "./PaceDialog";
import { type GroupSearch, shownOf, TASK_LIMITS } from "./search";

const route = getRouteApi("/shell/board-groups/$groupId");

/** All boards of a group at a glance, with their chat and the pace of their agents. */
export function GroupPage() {
  const { groupId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const [pacing, setPacing] = useState(false);
  const query = useQuery(groupSnapshotQuery(groupId, shownOf(search)));
  const group = query.data?.group;
  const boards = query.data?.boards ?? [];
  useTitle(group?.name ?? "Board group");
  const set = (changes: Partial<GroupSearch>, replace = true) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace });
  return (
    <>
      <PageHeader
        actions={
          <>
            <Button
              icon={<Gauge size={14} />}
              reason={admin.reason}
              className="max-md:hidden"
              onClick={() => setPacing(true)}
            >
              Pace…
            </Button>
            <Button icon={<NotebookText size={14} />} onClick={() => set({ panel: "notes" }, false)}>
              Notes
            </Button>
            <Button icon={<MessageSquare size={14} />} onClick={() => set({ panel: "chat" }, false)}>
              Chat
            </Button>
          </>
        }
      >
        <Link to="/board-groups" className="text-sm text-ink-3 hover:text-ink max-md:hidden">
          Groups
        </Link>
        <ChevronRight size={14} className="text-ink-3 max-md:hidden" aria-hidden="true" />
        <PageTitle>{group?.name ?? "Board group"}</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-6xl">
          {query.isPending && <ListSkeleton label="Loading the group" />}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The group could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && (
            <>
              {group?.description && <p className="mb-3 max-w-3xl text-ink-2">{group.description}</p>}
              <div className="mb-4 flex flex-wrap items-center gap-4">
                <Select
                  label="Tasks of each board"
                  value={String(search.tasks ?? 5)}
                  options={TASK_LIMITS.map((limit) => ({
                    value: String(limit),
                    label: limit === 0 ? "Counts only" : `${limit} tasks each`,
                  }))}
                  onChange={(value) => {
                    const limit = TASK_LIMITS.find((entry) => String(entry) === value);
                    set({ tasks: limit === 5 ? undefined : limit });
                  }}
                  className="w-40"
                />
                <Checkbox
                  label="With done tasks"
                  checked={search.done === true}
                  onChange={(on) => set({ done: on ? true : undefined })}
                />
                <Button
                  icon={<Gauge size={14} />}
                  reason={admin.reason}
                  className="md:hidden"
                  onClick={() => setPacing(true)}
                >
                  Pace…
                </Button>
              </div>
              {boards.length === 0 ? (
                <EmptyState icon={<LayoutGrid size={20} />} title="No boards in this group">
                  Administrators choose its boards in the list of groups.
                </EmptyState>
              ) : (
                <ul aria-label="Boards" className="grid grid-cols-1 gap-4 lg:grid-cols-2">
                  {boards.map((entry) => (
                    <BoardCard key={entry.board.id} entry={entry} counts={search.tasks === 0} />
                  ))}
                </ul>
              )}
            </>
          )}
        </div>
      </div>
      <PaceDialog open={pacing} groupId={groupId} onClose={() => setPacing(false)} />
      <GroupPanel groupId={groupId} boards={boards} panel={search.panel} onChange={(panel) => set({ panel })} />
    </>
  );
}

function BoardCard({ entry, counts }: { entry: GroupBoard; counts: boolean }) {
  const { board, task_counts: byStatus, tasks } = entry;
  return (
    <li className="flex flex-col rounded-xl border border-line bg-surface shadow-card">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5">
        <h2 className="min-w-0 flex-1 truncate text-base font-semibold">
          <Link to="/boards/$boardId" params={{ boardId: board.id }} className="hover:underline">
            {board.name || "Untitled board"}
          </Link>
        </h2>
        <ul className="flex gap-3 text-xs text-ink-2">
          {STATUSES.map((status) => (
            <li key={status} className="flex items-center gap-1 tabular-nums" title={STATUS_LABEL[status]}>
              <StatusIcon status={status} size={12} />
              <span className="sr-only">{STATUS_LABEL[status]}: </span>
              {byStatus[status] ?? 0}
            </li>
          ))}
        </ul>
      </div>
      {!counts &&
        (tasks.length === 0 ? (
          <p className="px-4 py-4 text-ink-3">Nothing to do.</p>
        ) : (
          <ul aria-label={`Tasks of ${board.name}`} className="divide-y divide-line">
            {tasks.map((task) => (
              <li key={task.id} className="relative flex items-center gap-2 px-4 py-2 hover:bg-hover">
                <StatusIcon status={task.status} />
                <Link
                  to="/boards/$boardId"
                  params={{ boardId: board.id }}
                  search={{ taskId: task.id }}
                  className="min-w-0 flex-1 truncate after:absolute after:inset-0"
                >
                  {task.title}
                </Link>
                {task.assignee && <span className="shrink-0 text-xs text-ink-3">{task.assignee}</span>}
              </li>
            ))}
          </ul>
        ))}
    </li>
  );
}
