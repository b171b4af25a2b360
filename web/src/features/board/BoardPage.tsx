import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Kanban, List, ListTodo, MessageSquare, NotebookText, Plus, ShieldCheck } from "lucide-react";
import { Suspense, useMemo, useState } from "react";
import { snapshotQuery } from "@/api/queries/boards";
import type { TaskCard, TaskStatus } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Button, IconButton } from "@/components/ui/Button";
import { cx } from "@/lib/cx";
import { late } from "@/lib/late";
import { useIsPhone, useMedia, WIDE } from "@/lib/media";
import { useNow } from "@/lib/now";
import { useShortcuts } from "@/lib/shortcuts";
import { useTitle } from "@/lib/title";
import { AgentsMenu } from "./AgentsMenu";
import { groupTasks, sortTasks } from "./arrange";
import { BoardColumns } from "./BoardColumns";
import { BoardCommands } from "./BoardCommands";
import { BoardHeader } from "./BoardHeader";
import { BoardSkeleton } from "./BoardSkeleton";
import { BoardProvider, useBoard } from "./context";
import { Filters } from "./Filters";
import { filterTasks } from "./filter";
import { GoalStrip } from "./GoalStrip";
import { PauseButton, PausedBanner } from "./pause";
import { type BoardSearch, type Lanes, lanesOf, type Panel } from "./search";
import { useIsChoosing, useSelection } from "./selection";
import { TaskList } from "./TaskList";

const route = getRouteApi("/shell/boards/$boardId");

// The board itself is there first; what opens beside it comes when it is opened.
const BoardLanes = late(() => import("./BoardLanes").then((module) => ({ default: module.BoardLanes })));
const CreateTaskDialog = late(() => import("@/features/task/CreateTaskDialog"));
const TaskPanel = late(() => import("@/features/task/TaskPanel"));
const BoardPanel = late(() => import("./BoardPanel"));
const BulkBar = late(() => import("./BulkBar"));

/** One board: its tasks, and beside them a task, the chat, the notes or the approvals. */
export function BoardPage() {
  const { boardId } = route.useParams();
  const query = useQuery(snapshotQuery(boardId));
  useTitle(query.data?.board.name);
  if (query.data) {
    return (
      // A key, so that nothing of one board's state is carried to another.
      <BoardProvider key={boardId} snapshot={query.data}>
        <BoardContent />
      </BoardProvider>
    );
  }
  return (
    <>
      <BoardHeader boardId={boardId} name={query.error ? "Board" : null} />
      {query.error ? (
        <ErrorState error={query.error} title="The board could not be loaded" onRetry={() => void query.refetch()} />
      ) : (
        <BoardSkeleton />
      )}
    </>
  );
}

function BoardContent() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { boardId, snapshot, tasks, write } = useBoard();
  const now = useNow();
  const wide = useMedia(WIDE);
  const choosing = useIsChoosing();
  const [creating, setCreating] = useState(false);
  const [adding, setAdding] = useState<TaskStatus | null>(null);
  const shown = useMemo(
    () => sortTasks(filterTasks(tasks, search, now), search.sort, search.down),
    [tasks, search, now],
  );
  const panelOpen = Boolean(search.taskId || search.panel);
  const isList = search.view === "list";
  const phone = useIsPhone();
  // A phone shows one column at a time.
  const lanes = phone ? null : lanesOf(search);

  const closePanel = () =>
    void navigate({
      search: ({ taskId: _task, commentId: _comment, panel: _panel, ...rest }) => rest,
    });
  // Opening pushes, so that Back closes; going from one panel to another replaces.
  const openPanel = (panel: Panel) =>
    void navigate({
      search: ({ taskId: _task, commentId: _comment, ...rest }) => ({ ...rest, panel }),
      replace: panelOpen,
    });
  const toggleView = () =>
    void navigate({ search: (previous) => ({ ...previous, view: isList ? undefined : "list" }), replace: true });
  const create = () => write.allowed && setCreating(true);

  const order = useMemo(() => orderOf(shown, search, lanes), [shown, search, lanes]);
  const step = useBoardKeys(order);
  useShortcuts({ n: create, v: toggleView, c: () => openPanel("chat") });

  return (
    // The open panel takes its room from the whole page, so that it covers neither the actions nor the live indicator.
    <div className={cx("relative flex min-h-0 flex-1 flex-col", wide && panelOpen && "pr-[520px]")}>
      <BoardHeader
        boardId={boardId}
        name={snapshot.board.name}
        group={snapshot.board.board_group_id}
        actions={
          <>
            <span className="@max-xl/header:hidden">
              <AgentsMenu />
            </span>
            <PauseButton />
            <IconButton
              label={isList ? "Show as board" : "Show as list"}
              keys="V"
              className="max-md:hidden"
              onClick={toggleView}
            >
              {isList ? <Kanban size={16} /> : <List size={16} />}
            </IconButton>
            <span className="relative max-md:hidden">
              <IconButton
                label={approvalsLabel(snapshot.pending_approvals_count)}
                onClick={() => openPanel("approvals")}
              >
                <ShieldCheck size={16} />
              </IconButton>
              {snapshot.pending_approvals_count > 0 && (
                <span
                  aria-hidden="true"
                  className="pointer-events-none absolute -top-0.5 -right-0.5 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-[10px] font-semibold text-accent-ink"
                >
                  {Math.min(snapshot.pending_approvals_count, 99)}
                </span>
              )}
            </span>
            <IconButton label="Notes" className="max-md:hidden" onClick={() => openPanel("notes")}>
              <NotebookText size={16} />
            </IconButton>
            <IconButton label="Chat" keys="C" onClick={() => openPanel("chat")}>
              <MessageSquare size={16} />
            </IconButton>
            <Button
              variant="primary"
              icon={<Plus size={15} />}
              aria-label="New task"
              aria-keyshortcuts="n"
              reason={write.reason}
              onClick={create}
              className="max-md:w-10 max-md:px-0!"
            >
              <span className="max-md:hidden">New task</span>
            </Button>
          </>
        }
      />
      <PausedBanner />
      <div className="flex min-h-0 flex-1 flex-col">
        <GoalStrip />
        {tasks.length > 0 && <Filters shown={shown.length} />}
        {tasks.length === 0 ? (
          <EmptyState
            icon={<ListTodo size={20} />}
            title="This board has no tasks yet"
            action={
              <Button variant="primary" icon={<Plus size={15} />} reason={write.reason} onClick={create}>
                Create the first task
              </Button>
            }
          >
            A task goes from Inbox through In progress and Review to Done. People create tasks here; agents and{" "}
            <Link to="/boards/$boardId/webhooks" params={{ boardId }} className="underline underline-offset-2">
              webhooks
            </Link>{" "}
            bring in more.
          </EmptyState>
        ) : isList ? (
          <TaskList shown={shown} grouping={search.group ?? "status"} selectedTask={search.taskId} />
        ) : lanes ? (
          <Suspense fallback={<BoardSkeleton />}>
            <BoardLanes shown={shown} grouping={lanes} selectedTask={search.taskId} />
          </Suspense>
        ) : (
          <BoardColumns
            shown={shown}
            sorted={Boolean(search.sort)}
            selectedTask={search.taskId}
            adding={adding}
            onAdd={setAdding}
          />
        )}
      </div>
      <BoardCommands taskId={search.taskId} onCreate={create} onPanel={openPanel} onToggleView={toggleView} />
      <Suspense>
        {choosing && <BulkBar />}
        {search.taskId && (
          <TaskPanel
            taskId={search.taskId}
            commentId={search.commentId}
            order={order}
            onStep={step}
            onClose={closePanel}
          />
        )}
        {search.panel && !search.taskId && (
          <BoardPanel panel={search.panel} onChange={openPanel} onClose={closePanel} />
        )}
        {creating && <CreateTaskDialog open onClose={() => setCreating(false)} />}
      </Suspense>
    </div>
  );
}

/** J and K go through the tasks: in the open panel from one to the next, else to the first card. Escape deselects. */
function useBoardKeys(order: string[]): (by: 1 | -1) => void {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { focusCard } = useBoard();
  const selection = useSelection();
  const choosing = useIsChoosing();
  const step = (by: 1 | -1) => {
    const at = search.taskId ? order.indexOf(search.taskId) : -1;
    const next = at < 0 ? order[0] : order[at + by];
    if (!next) return;
    if (!search.taskId) {
      focusCard(next);
      return;
    }
    void navigate({
      search: ({ commentId: _comment, ...rest }) => ({ ...rest, taskId: next }),
      replace: true,
    });
  };
  useShortcuts({
    j: () => step(1),
    k: () => step(-1),
    ...(choosing && { Escape: () => selection.clear() }),
  });
  return step;
}

/** The tasks in the order in which they stand on the page: by group in the list, by column, and by lane before that. */
function orderOf(shown: TaskCard[], search: BoardSearch, lanes: Lanes | null): string[] {
  const byColumn = (tasks: TaskCard[]) => groupTasks(tasks, "status");
  const groups =
    search.view === "list"
      ? groupTasks(shown, search.group ?? "status")
      : lanes
        ? groupTasks(shown, lanes).flatMap((lane) => byColumn(lane.tasks))
        : byColumn(shown);
  return [...new Set(groups.flatMap((group) => group.tasks.map((task) => task.id)))];
}

function approvalsLabel(pending: number): string {
  return pending === 0 ? "Approvals" : `Approvals: ${pending} waiting`;
}
