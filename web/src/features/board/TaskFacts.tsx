import { CalendarClock, CircleSlash, Stamp } from "lucide-react";
import type { TaskCard } from "@/api/types";
import { Badge } from "@/components/Badge";
import { cx } from "@/lib/cx";
import { initial } from "@/lib/initial";
import { useNow } from "@/lib/now";
import { parseTime, shortDate } from "@/lib/time";
import { isTaskOverdue } from "./filter";

/** Who has the task. */
export function Assignee({ task }: { task: TaskCard }) {
  if (!task.assigned_agent_id) return <span className="text-ink-3">Unassigned</span>;
  const name = task.assignee ?? "Agent";
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-ink-2">
      <span
        className="grid size-4 shrink-0 place-items-center rounded-full bg-hover text-[10px] font-semibold"
        aria-hidden="true"
      >
        {initial(name)}
      </span>
      <span className="truncate">{name}</span>
    </span>
  );
}

/** Until when the task is due; red when that has passed. */
export function DueDate({ task }: { task: TaskCard }) {
  const now = useNow();
  if (!task.due_at) return null;
  const overdue = isTaskOverdue(task, now);
  return (
    <span className={cx("flex items-center gap-1 whitespace-nowrap", overdue && "font-medium text-danger")}>
      <CalendarClock size={12} aria-hidden="true" />
      {overdue ? "Overdue · " : ""}
      {shortDate(parseTime(task.due_at), now)}
    </span>
  );
}

/** The tags of a task, at most `max`; how many more there are stands behind. */
export function TagList({ tags, max }: { tags: NonNullable<TaskCard["tags"]>; max: number }) {
  return (
    <>
      {tags.slice(0, max).map((tag) => (
        <span key={tag.id} className="flex min-w-0 items-center gap-1">
          <TagDot color={tag.color} />
          <span className="truncate">{tag.name}</span>
        </span>
      ))}
      {tags.length > max && (
        <span
          title={tags
            .slice(max)
            .map((tag) => tag.name)
            .join(", ")}
        >
          +{tags.length - max}
        </span>
      )}
    </>
  );
}

/** The colour of a tag. */
export function TagDot({ color }: { color: string }) {
  return <span className="size-2 shrink-0 rounded-full" style={{ backgroundColor: `#${color}` }} aria-hidden="true" />;
}

/** What keeps the task from going on: other tasks, or a decision. Blocked work needs no decision yet. */
export function Hindrance({ task }: { task: TaskCard }) {
  if (task.is_blocked) {
    return (
      <Badge tone="danger" icon={<CircleSlash size={11} aria-hidden="true" />}>
        Blocked by {task.blocked_by_task_ids?.length ?? 1}
      </Badge>
    );
  }
  if (task.approvals_pending_count === 0) return null;
  return (
    <Badge tone="warn" icon={<Stamp size={11} aria-hidden="true" />}>
      {task.approvals_pending_count === 1 ? "Approval needed" : `${task.approvals_pending_count} approvals needed`}
    </Badge>
  );
}
