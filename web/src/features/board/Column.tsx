import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState } from "react";
import type { TaskCard, TaskStatus } from "@/api/types";
import { Button } from "@/components/ui/Button";
import { STATUS_LABEL } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { Card } from "./Card";
import { ColumnHeading, FoldedHeading } from "./ColumnHeading";
import { useBoard } from "./context";
import { DropHint } from "./DropHint";
import { QuickAdd } from "./QuickAdd";
import { dropRing, useDrop } from "./useDrop";

interface ColumnProps {
  status: TaskStatus;
  tasks: TaskCard[];
  /** All tasks in this state, also those that the filters hide. */
  total: number;
  /** How many it is meant to hold at most. */
  limit: number | undefined;
  selectedTask: string | undefined;
  /** Whether a new task is being typed at its top. */
  adding: boolean;
  onAdd: (status: TaskStatus | null) => void;
  onLeave: (index: number, direction: "left" | "right") => void;
  /** Without heading, where tabs name the column. */
  bare?: boolean;
}

const EMPTY: Record<TaskStatus, string> = {
  inbox: "New work lands here.",
  in_progress: "Nobody is working right now.",
  review: "Nothing to review.",
  done: "Nothing is finished yet.",
};

const CARD_HEIGHT = 76;
const GAP = 8;
/** So much of what is done is of interest day by day; the rest is a press away. */
const DONE_WINDOW = 50;

/** The tasks in one state. Only the cards near the visible part are rendered. */
export function Column({ status, tasks: all, total, limit, selectedTask, adding, onAdd, onLeave, bare }: ColumnProps) {
  const { focusCard, wantedFocus } = useBoard();
  const drop = useDrop<HTMLElement>(status);
  const scroller = useRef<HTMLDivElement>(null);
  const [windowed, setWindowed] = useState(DONE_WINDOW);
  const tasks = status === "done" && all.length > windowed ? all.slice(0, windowed) : all;
  const older = all.length - tasks.length;
  const rows = useVirtualizer({
    count: tasks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD_HEIGHT,
    getItemKey: (index) => tasks[index]?.id ?? index,
    gap: GAP,
    overscan: 4,
  });

  // What is handed down once has to see the newest tasks.
  const newest = useRef({ tasks, onLeave });
  newest.current = { tasks, onLeave };

  // A card that is to get the focus may lie outside the rendered part.
  useEffect(() => {
    const wanted = wantedFocus.current;
    const index = wanted ? tasks.findIndex((task) => task.id === wanted) : -1;
    if (index >= 0) rows.scrollToIndex(index, { align: "auto" });
  });

  const focus = useRef(focusCard);
  focus.current = focusCard;
  // Both keep their identity, so that a card is drawn anew only when its task changes.
  const order = useCallback(() => newest.current.tasks.map((task) => task.id), []);
  const onArrow = useCallback((id: string, direction: "up" | "down" | "left" | "right") => {
    const index = newest.current.tasks.findIndex((task) => task.id === id);
    if (direction === "left" || direction === "right") {
      newest.current.onLeave(index, direction);
      return;
    }
    const next = newest.current.tasks[index + (direction === "up" ? -1 : 1)];
    if (next) focus.current(next.id);
  }, []);

  const hint =
    drop.verdict?.reason ?? (limit !== undefined && total >= limit ? `It holds ${total} of at most ${limit}.` : null);
  const headingId = `column-${status}`;
  return (
    <section
      ref={drop.ref}
      aria-labelledby={bare ? undefined : headingId}
      aria-label={bare ? STATUS_LABEL[status] : undefined}
      className={cx(
        "relative flex min-h-0 flex-col rounded-xl transition-colors",
        bare ? "flex-1" : "w-[300px] shrink-0 grow basis-[260px] bg-sunken xl:max-w-[420px]",
        dropRing(drop),
      )}
    >
      {!bare && (
        <ColumnHeading
          id={headingId}
          status={status}
          shown={all.length}
          total={total}
          onAdd={() => onAdd(adding ? null : status)}
        />
      )}
      {adding && <QuickAdd status={status} onClose={() => onAdd(null)} />}
      <div ref={scroller} className={cx("min-h-0 flex-1 overflow-y-auto", bare ? "px-3 pt-1 pb-24" : "px-2 pt-1 pb-3")}>
        {tasks.length === 0 ? (
          <p className="px-2 py-6 text-center text-xs text-ink-3">
            {total > 0 ? "The filters hide everything here." : EMPTY[status]}
          </p>
        ) : (
          <ol className="relative" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((row) => {
              const task = tasks[row.index];
              if (!task) return null;
              return (
                <li
                  key={row.key}
                  ref={rows.measureElement}
                  data-index={row.index}
                  className="absolute top-0 left-0 w-full"
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <Card task={task} selected={task.id === selectedTask} order={order} onArrow={onArrow} />
                </li>
              );
            })}
          </ol>
        )}
        {older > 0 && (
          <Button
            variant="ghost"
            size="sm"
            className="mt-2 w-full"
            onClick={() => setWindowed((shown) => Math.max(shown * 2, DONE_WINDOW))}
          >
            Show older ({older})
          </Button>
        )}
      </div>
      {drop.over && drop.verdict && hint && <DropHint text={hint} />}
    </section>
  );
}

/** A column folded to a strip: its name and how many tasks it holds. Cards can be dropped on it. */
export function FoldedColumn({ status, total }: { status: TaskStatus; total: number }) {
  const drop = useDrop<HTMLElement>(status);
  const headingId = `column-${status}`;
  return (
    <section
      ref={drop.ref}
      aria-labelledby={headingId}
      className={cx("flex w-11 shrink-0 flex-col rounded-xl bg-sunken transition-colors", dropRing(drop))}
    >
      <FoldedHeading status={status} total={total} id={headingId} />
    </section>
  );
}
