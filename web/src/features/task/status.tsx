import type { TaskStatus } from "@/api/types";
import type { Option } from "@/components/ui/Select";

/** The states of a task in the order of the work. */
export const STATUSES: readonly TaskStatus[] = ["inbox", "in_progress", "review", "done"];

/** The name of each state. */
export const STATUS_LABEL: Record<TaskStatus, string> = {
  inbox: "Inbox",
  in_progress: "In progress",
  review: "Review",
  done: "Done",
};

const COLOR: Record<TaskStatus, string> = {
  inbox: "text-inbox",
  in_progress: "text-progress",
  review: "text-review",
  done: "text-done",
};

// How much of the ring is filled: the further the work, the fuller. Circumference of r=3 is 18.85.
const FILL: Record<TaskStatus, number> = { inbox: 0, in_progress: 9.4, review: 14.1, done: 18.85 };

/** The sign of a state: a ring that fills, so that it reads without colour. */
export function StatusIcon({ status, size = 14 }: { status: TaskStatus; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 14 14" className={`shrink-0 ${COLOR[status]}`} aria-hidden="true">
      <circle
        cx="7"
        cy="7"
        r="6"
        fill={status === "done" ? "currentColor" : "none"}
        stroke="currentColor"
        strokeWidth="1.6"
        strokeDasharray={status === "inbox" ? "2.2 1.57" : undefined}
      />
      {status === "done" ? (
        <path d="M4.2 7.2l2 2 3.6-4" fill="none" stroke="var(--surface)" strokeWidth="1.6" strokeLinecap="round" />
      ) : (
        <circle
          cx="7"
          cy="7"
          r="2"
          fill="none"
          stroke="currentColor"
          strokeWidth="4"
          strokeDasharray={`${(FILL[status] / 18.85) * 12.57} 12.57`}
          transform="rotate(-90 7 7)"
        />
      )}
    </svg>
  );
}

/** The states as options of a select. */
export const STATUS_OPTIONS: Option<TaskStatus>[] = STATUSES.map((status) => ({
  value: status,
  label: STATUS_LABEL[status],
  icon: <StatusIcon status={status} />,
}));

/** The priorities that the console offers, the most urgent first. The server takes any text. */
export const PRIORITIES = ["high", "medium", "low"] as const;

/** The place of a priority in an order from urgent to not; unknown ones come last. */
export function priorityRank(priority: string): number {
  const rank = (PRIORITIES as readonly string[]).indexOf(priority.toLowerCase());
  return rank < 0 ? PRIORITIES.length : rank;
}

/** A priority in words. */
export function priorityLabel(priority: string): string {
  return priority ? priority.charAt(0).toUpperCase() + priority.slice(1) : "None";
}

/** The sign of a priority: bars, so that it reads without colour. */
export function PriorityIcon({ priority }: { priority: string }) {
  const rank = priorityRank(priority);
  const bars = rank > 2 ? 0 : 3 - rank;
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      className={`shrink-0 ${rank === 0 ? "text-danger" : "text-ink-3"}`}
      aria-hidden="true"
    >
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={1 + bar * 4.4}
          y={9 - bar * 3}
          width="3"
          height={4 + bar * 3}
          rx="1"
          fill="currentColor"
          opacity={bar < bars ? 1 : 0.28}
        />
      ))}
    </svg>
  );
}

/** The priorities as options of a select, with a task's own when it is another one. */
export function priorityOptions(current: string): Option<string>[] {
  const known = PRIORITIES as readonly string[];
  const values = known.includes(current) ? known : [...known, current];
  return values.map((value) => ({
    value,
    label: priorityLabel(value),
    icon: <PriorityIcon priority={value} />,
  }));
}
