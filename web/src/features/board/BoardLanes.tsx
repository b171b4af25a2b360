import { getRouteApi } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { TaskCard, TaskStatus } from "@/api/types";
import { STATUSES } from "@/features/task/status";
import { type Group, groupTasks } from "./arrange";
import { ColumnHeading, FoldedHeading } from "./ColumnHeading";
import { useBoard } from "./context";
import { byStatus } from "./filter";
import { LANE_WINDOW, LaneRow } from "./LaneRow";
import type { Lanes } from "./search";

const route = getRouteApi("/shell/boards/$boardId");

interface BoardLanesProps {
  /** The tasks that pass the filters, in their order. */
  shown: TaskCard[];
  grouping: Lanes;
  selectedTask: string | undefined;
}

type Direction = "up" | "down" | "left" | "right";

/** The board with a lane for each assignee, priority or tag. Only the lanes near the visible part are rendered. */
export function BoardLanes({ shown, grouping, selectedTask }: BoardLanesProps) {
  const { tasks, focusCard, wantedFocus } = useBoard();
  const { folded = [] } = route.useSearch();
  const scroller = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  // How many cards of each place a lane shows, where more than at first were asked for.
  const [windows, setWindows] = useState<Record<string, number>>({});
  const lanes = useMemo(
    () => groupTasks(shown, grouping).map((group) => ({ group, cells: byStatus(group.tasks) })),
    [shown, grouping],
  );
  const totals = byStatus(tasks);
  const counts = byStatus(shown);
  const rows = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 240,
    getItemKey: (index) => lanes[index]?.group.key ?? index,
    overscan: 1,
  });

  // Cards keep these functions; they have to see the newest lanes.
  const newest = useRef({ lanes, folded, focusCard });
  newest.current = { lanes, folded, focusCard };
  const order = useCallback(
    () => newest.current.lanes.flatMap(({ cells }) => STATUSES.flatMap((status) => cells[status].map(idOf))),
    [],
  );
  const onArrow = useCallback((id: string, direction: Direction) => {
    const { lanes, folded, focusCard } = newest.current;
    const next = neighbourOf(lanes, folded, id, direction);
    if (next) focusCard(next);
  }, []);

  // A card that is to get the focus may lie in a lane that is not rendered.
  useEffect(() => {
    const wanted = wantedFocus.current;
    const index = wanted ? lanes.findIndex(({ group }) => group.tasks.some((task) => task.id === wanted)) : -1;
    if (index >= 0) rows.scrollToIndex(index, { align: "auto" });
  });

  const template = STATUSES.map((status) => (folded.includes(status) ? "44px" : "minmax(248px, 1fr)")).join(" ");
  return (
    <div className="min-h-0 flex-1 overflow-x-auto">
      <div className="flex h-full min-w-max flex-col px-4">
        <div className="grid shrink-0 gap-3" style={{ gridTemplateColumns: template }}>
          {STATUSES.map((status) =>
            folded.includes(status) ? (
              <FoldedHeading key={status} id={`column-${status}`} status={status} total={totals[status].length} short />
            ) : (
              <ColumnHeading
                key={status}
                id={`column-${status}`}
                status={status}
                shown={counts[status].length}
                total={totals[status].length}
              />
            ),
          )}
        </div>
        {lanes.length === 0 && (
          <p className="py-16 text-center text-ink-2">The filters hide all tasks of this board.</p>
        )}
        <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto pb-4">
          <ol className="relative" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const lane = lanes[item.index];
              if (!lane) return null;
              const { key } = lane.group;
              return (
                <li
                  key={item.key}
                  ref={rows.measureElement}
                  data-index={item.index}
                  className="absolute top-0 left-0 w-full"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <LaneRow
                    {...lane}
                    grouping={grouping}
                    template={template}
                    folded={folded}
                    open={!closed.has(key)}
                    most={windows[key] ?? LANE_WINDOW}
                    selectedTask={selectedTask}
                    order={order}
                    onArrow={onArrow}
                    onToggle={() => setClosed(toggledIn(closed, key))}
                    onMore={() => setWindows({ ...windows, [key]: 3 * (windows[key] ?? LANE_WINDOW) })}
                  />
                </li>
              );
            })}
          </ol>
        </div>
      </div>
    </div>
  );
}

/** The tasks of a lane, by their state. */
export type Cells = Record<TaskStatus, TaskCard[]>;

/** The card beside another one: in its place of the lane, in the lane above or below, or in the column beside. */
export function neighbourOf(
  lanes: readonly { group: Pick<Group, "key">; cells: Cells }[],
  folded: readonly TaskStatus[],
  id: string,
  direction: Direction,
): string | null {
  for (const [at, { cells }] of lanes.entries()) {
    for (const status of STATUSES) {
      const index = cells[status].findIndex((task) => task.id === id);
      if (index < 0) continue;
      if (direction === "left" || direction === "right") {
        const ways = direction === "right" ? STATUSES : STATUSES.toReversed();
        const beside = ways
          .slice(ways.indexOf(status) + 1)
          .find((other) => !folded.includes(other) && cells[other].length > 0);
        return beside ? (cells[beside][Math.min(index, cells[beside].length - 1)]?.id ?? null) : null;
      }
      const inCell = cells[status][index + (direction === "up" ? -1 : 1)];
      if (inCell) return inCell.id;
      const others = direction === "up" ? lanes.slice(0, at).toReversed() : lanes.slice(at + 1);
      const lane = others.find((other) => other.cells[status].length > 0);
      return lane?.cells[status].at(direction === "up" ? -1 : 0)?.id ?? null;
    }
  }
  return null;
}

function idOf(task: TaskCard): string {
  return task.id;
}

function toggledIn(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
