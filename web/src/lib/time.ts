// Times from the server are UTC without a zone, times with a zone are taken as they are.
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/** The moment that a server time names. */
export function parseTime(value: string): Date {
  return new Date(ZONE.test(value) ? value : `${value}Z`);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function span(length: number): string {
  if (length < HOUR) return `${Math.round(length / MINUTE)}m`;
  if (length < DAY) return `${Math.round(length / HOUR)}h`;
  return `${Math.round(length / DAY)}d`;
}

/** "just now", "5m ago", "3h ago", "2d ago"; older times as a date; times to come as "in 5m". */
export function relativeTime(time: Date, now: Date): string {
  const age = now.getTime() - time.getTime();
  if (age <= -MINUTE) return `in ${span(-age)}`;
  if (age < MINUTE) return "just now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)}h ago`;
  if (age < 7 * DAY) return `${Math.floor(age / DAY)}d ago`;
  return shortDate(time, now);
}

/** A date in the reader's language, with the year only when it is not this one. */
export function shortDate(time: Date, now: Date): string {
  const sameYear = time.getFullYear() === now.getFullYear();
  return time.toLocaleDateString(undefined, {
    month: "short",
    day: "numeric",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}

/** Date and time to the second, with the zone; for titles. */
export function fullTime(time: Date): string {
  return time.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
}

/** Hours and minutes of the reader's clock. */
export function clockTime(time: Date): string {
  return time.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** Whether a due date has passed. A task that is due today is not overdue before the day ends. */
export function isOverdue(due: Date, now: Date): boolean {
  const endOfDay = new Date(due);
  endOfDay.setHours(23, 59, 59, 999);
  return endOfDay.getTime() < now.getTime();
}

/** A server time as the value of a date field: the reader's calendar day. */
export function toDateField(value: string | null | undefined): string {
  if (!value) return "";
  const time = parseTime(value);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

/** The value of a date field as the server wants it: midnight of that day for the reader, in UTC. */
export function fromDateField(value: string): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!match) return null;
  const [, year, month, day] = match.map(Number);
  return new Date(year as number, (month as number) - 1, day).toISOString();
}
