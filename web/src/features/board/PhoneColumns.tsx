import { type ReactNode, type TouchEvent, useRef } from "react";
import type { TaskStatus } from "@/api/types";
import { neighbour } from "@/features/task/moves";
import { STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";
import { cx } from "@/lib/cx";
import { DropHint } from "./DropHint";
import { dropRing, useDrop } from "./useDrop";

interface PhoneColumnsProps {
  /** The column in sight. */
  current: TaskStatus;
  onChange: (status: TaskStatus) => void;
  /** How many tasks each column has. */
  counts: Record<TaskStatus, number>;
  children: ReactNode;
}

/** A finger that goes so far to the side, and mostly to the side, goes to the column beside. */
const SWIPE_PX = 56;

/** One column at a time under tabs; a swipe goes to the column beside, and cards can be dropped on the tabs. */
export function PhoneColumns({ current, onChange, counts, children }: PhoneColumnsProps) {
  const start = useRef<{ x: number; y: number } | null>(null);

  function onTouchStart(event: TouchEvent) {
    const touch = event.touches.length === 1 ? event.touches[0] : null;
    start.current = touch ? { x: touch.clientX, y: touch.clientY } : null;
  }

  function onTouchEnd(event: TouchEvent) {
    const [from, touch] = [start.current, event.changedTouches[0]];
    start.current = null;
    // A card that was carried has taken the touch for itself.
    if (!from || !touch || event.isDefaultPrevented()) return;
    const [dx, dy] = [touch.clientX - from.x, touch.clientY - from.y];
    if (Math.abs(dx) < SWIPE_PX || Math.abs(dx) < 2 * Math.abs(dy)) return;
    const next = neighbour(STATUSES, current, dx < 0 ? 1 : -1);
    if (next) onChange(next);
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <fieldset aria-label="Column" className="relative flex min-w-0 gap-1 px-3 pb-2">
        {STATUSES.map((status) => (
          <ColumnTab
            key={status}
            status={status}
            count={counts[status]}
            current={status === current}
            onClick={() => onChange(status)}
          />
        ))}
      </fieldset>
      <div className="flex min-h-0 flex-1 touch-pan-y flex-col" onTouchStart={onTouchStart} onTouchEnd={onTouchEnd}>
        {children}
      </div>
    </div>
  );
}

interface ColumnTabProps {
  status: TaskStatus;
  count: number;
  current: boolean;
  onClick: () => void;
}

function ColumnTab({ status, count, current, onClick }: ColumnTabProps) {
  const drop = useDrop<HTMLButtonElement>(status);
  return (
    <>
      <button
        ref={drop.ref}
        type="button"
        aria-pressed={current}
        onClick={onClick}
        className={cx(
          "flex h-11 min-w-0 flex-1 flex-col items-center justify-center rounded-lg text-xs font-medium transition-colors",
          current ? "bg-surface text-ink shadow-card" : "text-ink-2",
          drop.verdict && !drop.over && "outline-1 outline-line-strong/60 outline-dashed",
          drop.verdict && drop.over && "bg-accent-soft text-ink",
          dropRing(drop),
        )}
      >
        <span className="flex items-center gap-1.5">
          <StatusIcon status={status} size={12} />
          {count}
        </span>
        <span className="max-w-full truncate">{STATUS_LABEL[status]}</span>
      </button>
      {drop.over && drop.verdict?.reason && (
        <div className="absolute inset-x-0 top-full h-14">
          <DropHint text={drop.verdict.reason} />
        </div>
      )}
    </>
  );
}
