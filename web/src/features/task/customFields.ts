import type { CustomField, FieldType } from "@/api/types";
import { fromTimeField, fullTime, parseTime, toTimeField } from "@/lib/time";

/** The outcome of reading what was typed: a value for the server, or why it is none. */
export type Parsed = { value: unknown } | { problem: string };

/** A value as the text of its control. */
export function toText(type: FieldType, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (type === "json") return JSON.stringify(value, null, 2);
  // The control wants the reader's clock without a zone; the server may have either.
  if (type === "date_time" && typeof value === "string") return toLocalTime(value);
  return String(value);
}

/** Reads the text of a control by the field's type; blank means no value. Nothing is parsed while somebody types. */
export function parseField(field: Pick<CustomField, "field_type" | "validation_regex">, text: string): Parsed {
  if (text.trim() === "") return { value: null };
  switch (field.field_type) {
    case "integer": {
      const number = Number(text);
      return Number.isSafeInteger(number) ? { value: number } : { problem: "Enter a whole number." };
    }
    case "decimal": {
      const number = Number(text.trim().replace(",", "."));
      return Number.isFinite(number) ? { value: number } : { problem: "Enter a number." };
    }
    case "boolean":
      return { value: text === "true" };
    case "date_time": {
      const value = fromTimeField(text);
      return value ? { value } : { problem: "Enter a date and a time." };
    }
    case "url":
      return isWebAddress(text.trim()) ? { value: text.trim() } : { problem: "Enter an address with http or https." };
    case "json":
      return parseJson(text);
    default:
      return { value: text };
  }
}

/** The value as readers see it; a link has its address as text. */
export function shownValue(type: FieldType, value: unknown): string {
  switch (type) {
    case "boolean":
      return value === true ? "Yes" : "No";
    case "integer":
    case "decimal":
      return typeof value === "number" ? value.toLocaleString() : String(value);
    case "date":
      return typeof value === "string" ? localDay(value) : String(value);
    case "date_time":
      return typeof value === "string" ? localTime(value) : String(value);
    case "json":
      return JSON.stringify(value, null, 2);
    default:
      return String(value);
  }
}

/** Whether a field is shown for a value: hidden ones never, those that ask for it only with a value. */
export function isVisible(field: Pick<CustomField, "ui_visibility">, value: unknown): boolean {
  if (field.ui_visibility === "hidden") return false;
  return field.ui_visibility === "always" || (value !== null && value !== undefined);
}

function parseJson(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { value } : { problem: "Enter an object or a list, in JSON." };
  } catch {
    return { problem: "This is not JSON yet." };
  }
}

function isWebAddress(text: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

function toLocalTime(value: string): string {
  const time = parseTime(value);
  if (Number.isNaN(time.getTime())) return value;
  return toTimeField(time);
}

function localDay(value: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(value);
  if (!match) return value;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  return new Date(year, month - 1, day).toLocaleDateString(undefined, { dateStyle: "medium" });
}

function localTime(value: string): string {
  const time = parseTime(value);
  return Number.isNaN(time.getTime()) ? value : fullTime(time);
}
