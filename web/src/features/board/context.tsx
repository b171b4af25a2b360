import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import {
  createContext,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { customFieldsQuery } from "@/api/queries/customFields";
import { tagsQuery } from "@/api/queries/tags";
import type { BoardSnapshot, CustomField, TaskCard, TaskStatus } from "@/api/types";
import { type Permission, useBoardWrite } from "@/features/session/permissions";
import { judgeMove, type MoveVerdict } from "@/features/task/moves";
import { useDeleteTasks, useTasksWithPending } from "@/features/task/mutations";
import { useAwake } from "@/lib/awake";
import { late } from "@/lib/late";
import { SelectionProvider } from "./selection";
import type { MenuKind } from "./TaskMenus";
import { type Move, useMoveTask } from "./useMoveTask";

/** What every part of a board page works with. */
export interface BoardContextValue {
  boardId: string;
  snapshot: BoardSnapshot;
  /** All tasks, with the changes that are on their way. */
  tasks: TaskCard[];
  /** The tags of the organization. */
  tags: readonly BoardTag[];
  /** The custom fields of this board, by label. */
  fields: readonly CustomField[];
  write: Permission;
  /** What the board's rules say about a move. */
  judge: (task: TaskCard, target: TaskStatus) => MoveVerdict;
  /** Moves a task, asks for a comment where the rules want one, and says why when it is refused. */
  move: Move;
  /** Deletes tasks and offers to take it back. */
  remove: (tasks: TaskCard[]) => void;
  /** Opens a task in the panel, with the focus on a part of it. */
  openTask: (task: string, focus?: PanelFocus) => void;
  /** What the panel is to focus; it takes this back when it has done so. */
  panelFocus: PanelFocus | null;
  setPanelFocus: (focus: PanelFocus | null) => void;
  /** Opens a menu of a task beside an element. */
  openMenu: (kind: MenuKind, task: TaskCard, anchor: Element) => void;
  /** Says something to assistive technology. */
  announce: (text: string) => void;
  /** Moves the keyboard focus to a card, also to one that is not rendered yet. */
  focusCard: (task: string) => void;
  /** Lets the keyboard focus follow a card that is about to change its column. */
  keepFocus: (task: string) => void;
  /** The card that is to get the focus as soon as it is there. */
  wantedFocus: React.RefObject<string | null>;
  /** The task that is being dragged. */
  dragged: TaskCard | null;
  setDragged: (task: TaskCard | null) => void;
}

/** A part of the panel of a task that can have the focus at once. */
export type PanelFocus = "title" | "comment";

/** A tag as tasks and their menus need it. */
export type BoardTag = NonNullable<TaskCard["tags"]>[number];

const loadMenus = () => import("./TaskMenus").then((module) => ({ default: module.TaskMenus }));
const TaskMenus = late(loadMenus);

/** How long the focus waits for a card to arrive. */
const FOCUS_WAIT_MS = 1_000;
const NO_TAGS: readonly BoardTag[] = [];

const BoardContext = createContext<BoardContextValue | null>(null);

/** The board around this component. */
export function useBoard(): BoardContextValue {
  const value = useContext(BoardContext);
  if (!value) throw new Error("useBoard needs a BoardProvider above it");
  return value;
}

/** Gives the parts of a board page their data and actions. */
export function BoardProvider({ snapshot, children }: { snapshot: BoardSnapshot; children: ReactNode }) {
  const { board, approvals, agents } = snapshot;
  const boardId = board.id;
  // Cards bring the tags and values that they show; what else there is matters once somebody does something, or when
  // the address already filters by it.
  const awake = useAwake();
  const { tag, field, taskId, view } = useSearch({ from: "/shell/boards/$boardId" });
  const wanted = awake || Boolean(tag || field || taskId || view);
  const tags = useQuery({ ...tagsQuery, enabled: wanted }).data?.items ?? NO_TAGS;
  const definitions = useQuery({ ...customFieldsQuery, enabled: wanted }).data;
  useEffect(() => {
    // So that the first menu opens at once.
    if (awake) void loadMenus();
  }, [awake]);
  const fields = useMemo(
    () =>
      (definitions ?? [])
        .filter((field) => field.board_ids.includes(boardId))
        .sort((a, b) => a.label.localeCompare(b.label)),
    [definitions, boardId],
  );
  const names = useMemo(() => ({ agents, tags }), [agents, tags]);
  const tasks = useTasksWithPending(boardId, snapshot.tasks, names);
  const write = useBoardWrite(boardId);
  const remove = useDeleteTasks(boardId);
  const wantedFocus = useRef<string | null>(null);
  // Counts wishes for cards that are not rendered, so that the columns look where they are.
  const [focusRequest, setFocusRequest] = useState(0);
  const [dragged, setDragged] = useState<TaskCard | null>(null);
  const [menu, setMenu] = useState<{ kind: MenuKind; task: string; anchor: Element } | null>(null);
  const [announcement, announce] = useState("");

  const judge = useMemo(
    () => (task: TaskCard, target: TaskStatus) => judgeMove(task, target, board, approvals),
    [board, approvals],
  );
  const { move, dialog } = useMoveTask({ boardId, tasks, write, judge, announce });

  const want = useCallback((task: string) => {
    wantedFocus.current = task;
    // A card that has not come by then, because its move was refused, must not take the focus later.
    setTimeout(() => {
      if (wantedFocus.current === task) wantedFocus.current = null;
    }, FOCUS_WAIT_MS);
  }, []);
  const navigate = useNavigate();
  const [panelFocus, setPanelFocus] = useState<PanelFocus | null>(null);
  const openTask = useCallback(
    (task: string, focus?: PanelFocus) => {
      setPanelFocus(focus ?? null);
      void navigate({
        from: "/boards/$boardId",
        to: "/boards/$boardId",
        params: { boardId },
        search: ({ commentId: _comment, panel: _panel, ...rest }) => ({ ...rest, taskId: task }),
      });
    },
    [boardId, navigate],
  );
  const openMenu = useCallback(
    (kind: MenuKind, task: TaskCard, anchor: Element) => setMenu({ kind, task: task.id, anchor }),
    [],
  );

  const value = useMemo<BoardContextValue>(
    () => ({
      boardId,
      snapshot,
      tasks,
      tags,
      fields,
      write,
      judge,
      move,
      remove,
      openTask,
      panelFocus,
      setPanelFocus,
      openMenu,
      announce,
      wantedFocus,
      focusCard(task) {
        const link = document.querySelector<HTMLElement>(`[data-task="${CSS.escape(task)}"] a`);
        if (link) {
          link.focus();
          return;
        }
        want(task);
        setFocusRequest(focusRequest + 1);
      },
      keepFocus: want,
      dragged,
      setDragged,
    }),
    [
      boardId,
      snapshot,
      tasks,
      tags,
      fields,
      write,
      judge,
      move,
      remove,
      openTask,
      panelFocus,
      openMenu,
      dragged,
      want,
      focusRequest,
    ],
  );
  return (
    <BoardContext value={value}>
      <SelectionProvider>
        {children}
        {menu && (
          <Suspense>
            <TaskMenus {...menu} onClose={() => setMenu(null)} />
          </Suspense>
        )}
      </SelectionProvider>
      {dialog}
      <div role="status" className="sr-only">
        {announcement}
      </div>
    </BoardContext>
  );
}
