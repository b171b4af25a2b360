import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Kanban, List, ListTodo, MessageSquare, NotebookText, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { snapshotQuery } from "@/api/queries/boards";
import type { TaskStatus } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Button, IconButton } from "@/components/ui/Button";
import { WIDE } from "@/components/ui/Sheet";
import { useShortcuts } from "@/features/shell/shortcuts";
import { cx } from "@/lib/cx";
import { useMedia } from "@/lib/media";
import { useNow } from "@/lib/now";
import { useTitle } from "@/lib/title";
import { BoardColumns } from "./BoardColumns";
import { BoardHeader } from "./BoardHeader";
import { BoardSkeleton } from "./BoardSkeleton";
import { BoardProvider, useBoard } from "./context";
import { Filters } from "./Filters";
import { filterTasks } from "./filter";
import { GoalStrip } from "./GoalStrip";
import type { Panel } from "./search";
import { TaskList } from "./TaskList";

const route = getRouteApi("/shell/boards/$boardId");

// The board itself is there first; what opens beside it comes when it is opened.
const CreateTaskDialog = lazy(() => import("@/features/task/CreateTaskDialog"));
const TaskPanel = lazy(() => import("@/features/task/TaskPanel"));
const MemoryPanel = lazy(() => import("./MemoryPanel"));

/** One board: its tasks, and beside them a task, the chat or the notes. */
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
  const [creating, setCreating] = useState<TaskStatus | null>(null);
  const shown = filterTasks(tasks, search, now);
  const panelOpen = Boolean(search.taskId || search.panel);
  const isList = search.view === "list";

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
  const create = (status: TaskStatus) => write.allowed && setCreating(status);

  useShortcuts({ n: () => create("inbox"), v: toggleView, c: () => openPanel("chat") });

  return (
    // The open panel takes its room from the whole page, so that it covers neither the actions nor the live indicator.
    <div className={cx("flex min-h-0 flex-1 flex-col", wide && panelOpen && "pr-[520px]")}>
      <BoardHeader
        boardId={boardId}
        name={snapshot.board.name}
        actions={
          <>
            <IconButton label={isList ? "Show as board" : "Show as list"} keys="V" onClick={toggleView}>
              {isList ? <Kanban size={16} /> : <List size={16} />}
            </IconButton>
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
              onClick={() => create("inbox")}
              className="max-md:w-10 max-md:px-0!"
            >
              <span className="max-md:hidden">New task</span>
            </Button>
          </>
        }
      />
      <div className="flex min-h-0 flex-1 flex-col">
        <GoalStrip />
        {tasks.length > 0 && <Filters shown={shown.length} />}
        {tasks.length === 0 ? (
          <EmptyState
            icon={<ListTodo size={20} />}
            title="This board has no tasks yet"
            action={
              <Button variant="primary" icon={<Plus size={15} />} reason={write.reason} onClick={() => create("inbox")}>
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
          <TaskList shown={shown} selectedTask={search.taskId} />
        ) : (
          <BoardColumns shown={shown} selectedTask={search.taskId} onCreate={create} />
        )}
      </div>
      <Suspense>
        {search.taskId && <TaskPanel taskId={search.taskId} commentId={search.commentId} onClose={closePanel} />}
        {search.panel && !search.taskId && (
          <MemoryPanel panel={search.panel} onChange={openPanel} onClose={closePanel} />
        )}
        {creating && <CreateTaskDialog status={creating} onClose={() => setCreating(null)} />}
      </Suspense>
    </div>
  );
}
