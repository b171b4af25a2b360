/** What a dragged card carries. */
export interface DragData {
  boardId: string;
  taskId: string;
}

// Loaded after the board stands: nobody drags a card in the first moment, and touch screens never do.
const adapter = () => import("@atlaskit/pragmatic-drag-and-drop/element/adapter");

/** Lets an element be dragged; returns how to stop. */
export function makeDraggable(
  element: HTMLElement,
  data: DragData,
  on: { start: () => void; end: () => void },
): () => void {
  return whenLoaded(({ draggable }) =>
    draggable({ element, getInitialData: () => ({ ...data }), onDragStart: on.start, onDrop: on.end }),
  );
}

/** Lets cards of a board be dropped on an element; returns how to stop. */
export function makeDropTarget(
  element: HTMLElement,
  boardId: string,
  on: { enter: () => void; leave: () => void; drop: (taskId: string) => void },
): () => void {
  return whenLoaded(({ dropTargetForElements }) =>
    dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data.boardId === boardId,
      onDragEnter: on.enter,
      onDragLeave: on.leave,
      onDrop({ source }) {
        if (typeof source.data.taskId === "string") on.drop(source.data.taskId);
      },
    }),
  );
}

type Adapter = Awaited<ReturnType<typeof adapter>>;

function whenLoaded(register: (library: Adapter) => () => void): () => void {
  let stop: (() => void) | null = null;
  let stopped = false;
  void adapter().then((library) => {
    if (!stopped) stop = register(library);
  });
  return () => {
    stopped = true;
    stop?.();
  };
}
