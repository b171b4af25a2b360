import type { Agent, Tag, TaskCreate } from "@/api/types";
import { handleOf } from "@/lib/mentions";

/** A task as it was typed in one line. */
export interface QuickTask {
  title: string;
  changes: Partial<Pick<TaskCreate, "priority" | "due_at" | "assigned_agent_id" | "tag_ids">>;
  /** What was understood besides the title, in words. */
  understood: string[];
}

const PRIORITIES: Record<string, string> = {
  high: "high",
  medium: "medium",
  low: "low",
  h: "high",
  m: "medium",
  l: "low",
};
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * Reads `Call the bank @nova #finance !high due fri`. What names nobody and nothing known stays in the title, so that
 * no word is lost.
 */
export function parseQuickTask(
  line: string,
  agents: readonly Pick<Agent, "id" | "name">[],
  tags: readonly Pick<Tag, "id" | "name" | "slug">[],
  now: Date,
): QuickTask {
  const task: QuickTask = { title: "", changes: {}, understood: [] };
  const words = line.trim().split(/\s+/).filter(Boolean);
  const title: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const rest = word.slice(1).toLowerCase();
    if (word.startsWith("@") && rest) {
      const agent = agents.find((entry) => handleOf(entry.name) === rest || entry.name.toLowerCase() === rest);
      if (agent) {
        task.changes.assigned_agent_id = agent.id;
        task.understood.push(`for ${agent.name}`);
        continue;
      }
    } else if (word.startsWith("#") && rest) {
      const tag = tags.find((entry) => entry.slug === rest || entry.name.toLowerCase() === rest);
      if (tag) {
        task.changes.tag_ids = [...new Set([...(task.changes.tag_ids ?? []), tag.id])];
        task.understood.push(`tagged ${tag.name}`);
        continue;
      }
    } else if (word.startsWith("!") && PRIORITIES[rest]) {
      task.changes.priority = PRIORITIES[rest];
      task.understood.push(`${PRIORITIES[rest]} priority`);
      continue;
    } else if (word.toLowerCase() === "due" && words[at + 1]) {
      const due = parseDay(words[at + 1] as string, now);
      if (due) {
        task.changes.due_at = due.toISOString();
        task.understood.push(
          `due ${due.toLocaleDateString(undefined, { weekday: "short", month: "short", day: "numeric" })}`,
        );
        at += 1;
        continue;
      }
    }
    title.push(word);
  }
  task.title = title.join(" ");
  return task;
}

/** `today`, `tomorrow`, a day of the week (the next one that comes), or a date such as `2026-03-09`; midnight there. */
function parseDay(word: string, now: Date): Date | null {
  const text = word.toLowerCase();
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const inDays = (days: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() + days);
  if (text === "today") return today;
  if (text === "tomorrow") return inDays(1);
  const weekday = text.length < 3 ? -1 : WEEKDAYS.findIndex((name) => name.startsWith(text));
  if (weekday >= 0) return inDays((weekday - today.getDay() + 7) % 7 || 7);
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!date) return null;
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
  const parsed = new Date(year, month - 1, day);
  return parsed.getMonth() === month - 1 && parsed.getDate() === day ? parsed : null;
}
