import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";

/** What a dragged card carries. */
export interface DragData {
  boardId: string;
  taskId: string;
}

/** Lets an element be dragged; returns how to stop. */
export function makeDraggable(
  element: HTMLElement,
  data: DragData,
  on: { start: () => void; end: () => void },
): () => void {
  return draggable({ element, getInitialData: () => ({ ...data }), onDragStart: on.start, onDrop: on.end });
}

/** Lets cards of a board be dropped on an element; returns how to stop. */
export function makeDropTarget(
  element: HTMLElement,
  boardId: string,
  on: { enter: () => void; leave: () => void; drop: (taskId: string) => void },
): () => void {
  return dropTargetForElements({
    element,
    canDrop: ({ source }) => source.data.boardId === boardId,
    onDragEnter: on.enter,
    onDragLeave: on.leave,
    onDrop({ source }) {
      if (typeof source.data.taskId === "string") on.drop(source.data.taskId);
    },
  });
}
