import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { liftByTouch } from "./touch";

/** What a dragged card carries. */
export interface DragData {
  boardId: string;
  taskId: string;
}

/** What happens above an element on which cards can be dropped. */
export interface DropHandlers {
  enter: () => void;
  leave: () => void;
  drop: (taskId: string) => void;
}

interface DropTarget extends DropHandlers {
  boardId: string;
}

// Fingers find what is below them here; the library knows only the browser's own dragging, which phones do not have.
const targets = new WeakMap<Element, DropTarget>();

/** Lets a card be dragged with a pointer, or by a finger that holds it; returns how to stop. */
export function makeDraggable(
  element: HTMLElement,
  data: DragData,
  on: { start: () => void; end: () => void },
): () => void {
  const touch = liftByTouch<DropTarget>(element, {
    lift: on.start,
    targetAt: (below) => targetAround(below, data.boardId),
    drop: (target) => target.drop(data.taskId),
    end: on.end,
  });
  const stop = draggable({
    element,
    // A browser that drags by a long press would take the card out of the finger's hold.
    canDrag: () => !touch.isHeld(),
    getInitialData: () => ({ ...data }),
    onDragStart: on.start,
    onDrop: on.end,
  });
  return () => {
    stop();
    touch.stop();
  };
}

/** Lets cards of a board be dropped on an element; returns how to stop. */
export function makeDropTarget(element: HTMLElement, boardId: string, on: DropHandlers): () => void {
  targets.set(element, { boardId, ...on });
  const stop = dropTargetForElements({
    element,
    canDrop: ({ source }) => source.data.boardId === boardId,
    onDragEnter: on.enter,
    onDragLeave: on.leave,
    onDrop({ source }) {
      if (typeof source.data.taskId === "string") on.drop(source.data.taskId);
    },
  });
  return () => {
    targets.delete(element);
    stop();
  };
}

function targetAround(below: Element | null, boardId: string): DropTarget | null {
  for (let element = below; element; element = element.parentElement) {
    const target = targets.get(element);
    if (target?.boardId === boardId) return target;
  }
  return null;
}
