import type { TaskCard, TaskStatus } from "@/api/types";
import { priorityLabel, priorityRank, STATUS_LABEL, STATUSES } from "@/features/task/status";
import { byStatus } from "./filter";
import type { Grouping, Order } from "./search";

/** Tasks that stand under one heading. */
export interface Group {
  key: string;
  label: string;
  /** The state that the tasks share, in a list by state. */
  status?: TaskStatus;
  /** The priority that the tasks share, in a list by priority. */
  priority?: string;
  /** Six hexadecimal digits, in a list by tags. */
  color?: string;
  tasks: TaskCard[];
}

type Compare = (a: TaskCard, b: TaskCard) => number;

const COMPARE: Record<Order, Compare> = {
  priority: (a, b) => priorityRank(a.priority) - priorityRank(b.priority),
  due: (a, b) => lastIfMissing(a.due_at, b.due_at),
  updated: (a, b) => compare(b.updated_at, a.updated_at),
  created: (a, b) => compare(b.created_at, a.created_at),
  title: (a, b) => a.title.localeCompare(b.title),
  assignee: (a, b) => lastIfMissing(a.assignee, b.assignee),
};

/** Tasks in an order; equal ones stay as they were. Without one they stay as the server has them: newest first. */
export function sortTasks(tasks: TaskCard[], order: Order | undefined, down = false): TaskCard[] {
  if (!order) return tasks;
  const sorted = tasks.toSorted(COMPARE[order]);
  return down ? sorted.reverse() : sorted;
}

/** Tasks under headings; headings without tasks are left out. A task with several tags stands under each. */
export function groupTasks(tasks: TaskCard[], grouping: Grouping): Group[] {
  switch (grouping) {
    case "none":
      return tasks.length > 0 ? [{ key: "all", label: "All tasks", tasks }] : [];
    case "status": {
      const columns = byStatus(tasks);
      return STATUSES.filter((status) => columns[status].length > 0).map((status) => ({
        key: status,
        label: STATUS_LABEL[status],
        status,
        tasks: columns[status],
      }));
    }
    case "assignee": {
      const groups = gather(tasks, (task) => [
        {
          key: task.assigned_agent_id ?? "",
          label: task.assigned_agent_id ? (task.assignee ?? "Agent") : "Unassigned",
        },
      ]);
      return groups.sort((a, b) => Number(a.key === "") - Number(b.key === "") || a.label.localeCompare(b.label));
    }
    case "priority": {
      const groups = gather(tasks, ({ priority }) => [{ key: priority, label: priorityLabel(priority), priority }]);
      return groups.sort((a, b) => priorityRank(a.key) - priorityRank(b.key) || a.label.localeCompare(b.label));
    }
    case "tag": {
      const groups = gather(tasks, (task) =>
        task.tags?.length
          ? task.tags.map((tag) => ({ key: tag.id, label: tag.name, color: tag.color }))
          : [{ key: "", label: "Without tags" }],
      );
      return groups.sort((a, b) => Number(a.key === "") - Number(b.key === "") || a.label.localeCompare(b.label));
    }
  }
}

function gather(tasks: TaskCard[], headings: (task: TaskCard) => Omit<Group, "tasks">[]): Group[] {
  const groups = new Map<string, Group>();
  for (const task of tasks) {
    for (const heading of headings(task)) {
      const group = groups.get(heading.key);
      if (group) group.tasks.push(task);
      else groups.set(heading.key, { ...heading, tasks: [task] });
    }
  }
  return [...groups.values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lastIfMissing(a: string | null | undefined, b: string | null | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return compare(a, b);
}
