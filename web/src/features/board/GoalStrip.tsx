import { Target } from "lucide-react";
import { useNow } from "@/lib/now";
import { isOverdue, parseTime, shortDate } from "@/lib/time";
import { useBoard } from "./context";

/** What the board is for and how far it is: objective, progress, target date. Nothing on boards without a goal. */
export function GoalStrip() {
  const { snapshot, tasks } = useBoard();
  const now = useNow();
  const { board_type, objective, target_date } = snapshot.board;
  if (board_type !== "goal" || !objective) return null;
  const done = tasks.filter((task) => task.status === "done").length;
  const percent = tasks.length > 0 ? Math.round((100 * done) / tasks.length) : 0;
  const target = target_date ? parseTime(target_date) : null;
  return (
    <div className="flex shrink-0 items-center gap-3 border-b border-line px-4 py-2 text-sm max-md:px-3">
      <Target size={15} className="shrink-0 text-accent-text" aria-hidden="true" />
      <p className="min-w-0 flex-1 truncate text-ink-2" title={objective}>
        <span className="sr-only">Goal: </span>
        {objective}
      </p>
      {target && (
        <span
          className={`text-xs whitespace-nowrap max-md:hidden ${isOverdue(target, now) ? "text-danger" : "text-ink-3"}`}
        >
          Target {shortDate(target, now)}
        </span>
      )}
      {tasks.length > 0 && (
        <span className="flex items-center gap-2 text-xs whitespace-nowrap text-ink-3">
          <span className="h-1.5 w-20 overflow-hidden rounded-full bg-hover max-md:w-12" aria-hidden="true">
            <span className="block h-full bg-done" style={{ width: `${percent}%` }} />
          </span>
          {done} of {tasks.length} done
        </span>
      )}
    </div>
  );
}
