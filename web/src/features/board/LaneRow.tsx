import { ChevronDown } from "lucide-react";
import type { TaskCard, TaskStatus, TaskUpdate } from "@/api/types";
import { Button } from "@/components/ui/Button";
import { PriorityIcon, STATUS_LABEL, STATUSES } from "@/features/task/status";
import { useEditTask } from "@/features/task/useEdit";
import { cx } from "@/lib/cx";
import type { Group } from "./arrange";
import type { Cells } from "./BoardLanes";
import { Card } from "./Card";
import { useBoard } from "./context";
import { DropHint } from "./DropHint";
import type { Lanes } from "./search";
import { TagDot } from "./TaskFacts";
import { dropRing, useDrop } from "./useDrop";

/** So many cards stand in each place of a lane at first; the rest is a press away. */
export const LANE_WINDOW = 6;

interface LaneRowProps {
  group: Group;
  cells: Cells;
  grouping: Lanes;
  /** The widths of the columns. */
  template: string;
  folded: readonly TaskStatus[];
  open: boolean;
  /** The most cards in each place. */
  most: number;
  selectedTask: string | undefined;
  order: () => string[];
  onArrow: (task: string, direction: "up" | "down" | "left" | "right") => void;
  onToggle: () => void;
  onMore: () => void;
}

/** One lane: its heading, and below it its tasks in the columns. */
export function LaneRow({
  group,
  cells,
  grouping,
  template,
  folded,
  open,
  most,
  onToggle,
  onMore,
  ...rest
}: LaneRowProps) {
  const hidden = STATUSES.reduce(
    (sum, status) => sum + (folded.includes(status) ? 0 : Math.max(0, cells[status].length - most)),
    0,
  );
  return (
    <section aria-label={group.label} className="pb-2">
      <h3 className="sticky left-0">
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="flex h-9 max-w-full items-center gap-2 rounded-md px-2 text-sm font-semibold hover:bg-hover"
        >
          <ChevronDown size={14} className={cx("text-ink-3 transition-transform", !open && "-rotate-90")} />
          {group.priority !== undefined && <PriorityIcon priority={group.priority} />}
          {group.color && <TagDot color={group.color} />}
          <span className="truncate">{group.label}</span>
          <span className="text-xs font-normal text-ink-3">{group.tasks.length}</span>
        </button>
      </h3>
      {open && (
        <>
          <div className="grid gap-3" style={{ gridTemplateColumns: template }}>
            {STATUSES.map((status) =>
              folded.includes(status) ? (
                <FoldedCell key={status} count={cells[status].length} />
              ) : (
                <LaneCell
                  key={status}
                  group={group}
                  grouping={grouping}
                  status={status}
                  tasks={cells[status].length > most ? cells[status].slice(0, most) : cells[status]}
                  {...rest}
                />
              ),
            )}
          </div>
          {hidden > 0 && (
            <Button variant="ghost" size="sm" className="mt-1" onClick={onMore}>
              Show more of {group.label} ({hidden})
            </Button>
          )}
        </>
      )}
    </section>
  );
}

interface LaneCellProps extends Pick<LaneRowProps, "group" | "grouping" | "selectedTask" | "order" | "onArrow"> {
  status: TaskStatus;
  tasks: TaskCard[];
}

function LaneCell({ group, grouping, status, tasks, selectedTask, order, onArrow }: LaneCellProps) {
  const { dragged, move, judge } = useBoard();
  const { edit } = useEditTask();
  const drop = useDrop<HTMLElement>(status, (task) => {
    const changes = laneChange(grouping, group, task);
    if (task.status !== status) move(task, status, changes);
    else if (changes) void edit(task, changes);
  });
  const changes = dragged && laneChange(grouping, group, dragged);
  const verdict = drop.verdict ?? (dragged && changes ? judge(dragged, dragged.status) : null);
  return (
    <section
      ref={drop.ref}
      aria-label={`${group.label}, ${STATUS_LABEL[status]}`}
      className={cx(
        "relative min-h-14 min-w-0 rounded-xl bg-sunken p-2 transition-colors",
        dropRing({ over: drop.over, verdict }),
      )}
    >
      <ol className="space-y-2">
        {tasks.map((task) => (
          <li key={task.id}>
            <Card task={task} selected={task.id === selectedTask} order={order} onArrow={onArrow} />
          </li>
        ))}
      </ol>
      {drop.over && drop.verdict?.reason && <DropHint text={drop.verdict.reason} />}
    </section>
  );
}

function FoldedCell({ count }: { count: number }) {
  return (
    <p className="grid min-h-14 place-items-center rounded-xl bg-sunken text-xs text-ink-3 tabular-nums">
      {count > 0 ? count : ""}
    </p>
  );
}

/** What a task becomes in another lane; nothing where it is one of the lane's already, and for tags, which add up. */
export function laneChange(grouping: Lanes, group: Pick<Group, "key">, task: TaskCard): TaskUpdate | null {
  switch (grouping) {
    case "assignee":
      return (task.assigned_agent_id ?? "") === group.key ? null : { assigned_agent_id: group.key || null };
    case "priority":
      return task.priority === group.key ? null : { priority: group.key };
    case "tag":
      return null;
  }
}
