import { displayZone } from "./zone";

// Times from the server are UTC without a zone, times with a zone are taken as they are.
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/** The moment that a server time names. */
export function parseTime(value: string): Date {
  return new Date(ZONE.test(value) ? value : `${value}Z`);
}

// What fields for dates, and for dates with times, hold.
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function span(length: number): string {
  if (length < HOUR) return `${Math.round(length / MINUTE)}m`;
  if (length < DAY) return `${Math.round(length / HOUR)}h`;
  return `${Math.round(length / DAY)}d`;
}

/** "just now", "5m ago", "3h ago", "2d ago"; times to come as "in 5m"; times further away as a date. */
export function relativeTime(time: Date, now: Date): string {
  const age = now.getTime() - time.getTime();
  if (age <= -7 * DAY) return shortDate(time, now);
  if (age <= -MINUTE) return `in ${span(-age)}`;
  if (age < MINUTE) return "just now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)}h ago`;
  if (age < 7 * DAY) return `${Math.floor(age / DAY)}d ago`;
  return shortDate(time, now);
}

/** When something is to happen: "in 5m"; "now" from less than a minute before, and for as long as it has not happened. */
export function dueTime(time: Date, now: Date): string {
  return time.getTime() - now.getTime() < MINUTE ? "now" : relativeTime(time, now);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A format in the zone in which times are shown. Making one is slow, so each is made once. */
function format(name: string, options: Intl.DateTimeFormatOptions, locale?: string): Intl.DateTimeFormat {
  const timeZone = displayZone();
  const key = `${name} ${timeZone ?? ""}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, { ...options, timeZone });
    formats.set(key, made);
  }
  return made;
}

/** A date in the reader's language, with the year only when it is not this one. */
export function shortDate(time: Date, now: Date): string {
  const sameYear = calendarDay(time).slice(0, 4) === calendarDay(now).slice(0, 4);
  return sameYear
    ? format("short", { month: "short", day: "numeric" }).format(time)
    : format("short-year", { month: "short", day: "numeric", year: "numeric" }).format(time);
}

/** Date and time to the second, with the zone; for titles. */
export function fullTime(time: Date): string {
  return format("full", { dateStyle: "full", timeStyle: "long" }).format(time);
}

/** A day by its name, for headings. */
export function dayName(time: Date): string {
  return format("day-name", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(time);
}

/** Hours and minutes of the reader's clock. */
export function clockTime(time: Date): string {
  return format("clock", { hour: "2-digit", minute: "2-digit" }).format(time);
}

/** The reader's calendar day as `YYYY-MM-DD`, so that days compare as texts. */
export function calendarDay(time: Date): string {
  const parts = format("day", { year: "numeric", month: "2-digit", day: "2-digit" }, "en-US").formatToParts(time);
  const part = (type: string) => parts.find((entry) => entry.type === type)?.value ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}

/** Whether a due date has passed. A task that is due today is not overdue before the day ends. */
export function isOverdue(due: Date, now: Date): boolean {
  return calendarDay(due) < calendarDay(now);
}

/** A server time as the value of a date field: the reader's calendar day. */
export function toDateField(value: string | null | undefined): string {
  return value ? calendarDay(parseTime(value)) : "";
}

/** The value of a date field as the server wants it: midnight of that day for the reader, in UTC. */
export function fromDateField(value: string): string | null {
  return DATE.test(value) ? fromTimeField(`${value}T00:00`) : null;
}

/** A moment as the value of a field for date and time: the reader's clock, to the minute. */
export function toTimeField(time: Date): string {
  return new Date(time.getTime() + offsetAt(time)).toISOString().slice(0, 16);
}

/** The value of a field for date and time as a moment in UTC; nothing when it is none. */
export function fromTimeField(value: string): string | null {
  const wall = Date.parse(`${value}Z`);
  if (!DATE_TIME.test(value) || Number.isNaN(wall)) return null;
  // The offset at the guess may be that of the other side of a change of clocks; the second look is right.
  const guess = wall - offsetAt(new Date(wall));
  return new Date(wall - offsetAt(new Date(guess))).toISOString();
}

/** How far the reader's clock is ahead of UTC at a moment, in milliseconds. */
function offsetAt(time: Date): number {
  const options = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  } as const;
  const parts = format("wall", options, "en-US").formatToParts(time);
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value ?? 0);
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - Math.floor(time.getTime() / 1000) * 1000;
}
