import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import type { BoardSnapshot, TaskCard, TaskStatus } from "@/api/types";
import { type Permission, useBoardWrite } from "@/features/session/permissions";
import { judgeMove, type MoveVerdict } from "@/features/task/moves";
import { useTasksWithPending } from "@/features/task/mutations";
import { useMoveTask } from "./useMoveTask";

/** What every part of a board page works with. */
export interface BoardContextValue {
  boardId: string;
  snapshot: BoardSnapshot;
  /** All tasks, with the changes that are on their way. */
  tasks: TaskCard[];
  write: Permission;
  /** What the board's rules say about a move. */
  judge: (task: TaskCard, target: TaskStatus) => MoveVerdict;
  /** Moves a task, asks for a comment where the rules want one, and says why when it is refused. */
  move: (task: TaskCard, target: TaskStatus) => void;
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

/** How long the focus waits for a card to arrive. */
const FOCUS_WAIT_MS = 1_000;

const BoardContext = createContext<BoardContextValue | null>(null);

/** The board around this component. */
export function useBoard(): BoardContextValue {
  const value = useContext(BoardContext);
  if (!value) throw new Error("useBoard needs a BoardProvider above it");
  return value;
}

/** Gives the parts of a board page their data and actions. */
export function BoardProvider({ snapshot, children }: { snapshot: BoardSnapshot; children: ReactNode }) {
  const boardId = snapshot.board.id;
  const tasks = useTasksWithPending(boardId, snapshot.tasks);
  const write = useBoardWrite(boardId);
  const wantedFocus = useRef<string | null>(null);
  // Counts wishes for cards that are not rendered, so that the columns look where they are.
  const [focusRequest, setFocusRequest] = useState(0);
  const [dragged, setDragged] = useState<TaskCard | null>(null);

  const { board, approvals } = snapshot;
  const judge = useMemo(
    () => (task: TaskCard, target: TaskStatus) => judgeMove(task, target, board, approvals),
    [board, approvals],
  );
  const { move, dialog, announcement } = useMoveTask({ boardId, tasks, write, judge });

  const want = useCallback((task: string) => {
    wantedFocus.current = task;
    // A card that has not come by then, because its move was refused, must not take the focus later.
    setTimeout(() => {
      if (wantedFocus.current === task) wantedFocus.current = null;
    }, FOCUS_WAIT_MS);
  }, []);

  const value = useMemo<BoardContextValue>(
    () => ({
      boardId,
      snapshot,
      tasks,
      write,
      judge,
      move,
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
    [boardId, snapshot, tasks, write, judge, move, dragged, want, focusRequest],
  );
  return (
    <BoardContext value={value}>
      {children}
      {dialog}
      <div role="status" className="sr-only">
        {announcement}
      </div>
    </BoardContext>
  );
}
