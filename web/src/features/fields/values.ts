import type { FieldType } from "@/api/types";

/** What was typed, as a value of its type; or why it is none. */
export type Parsed = { value: unknown; problem: null } | { value: undefined; problem: string };

const fine = (value: unknown): Parsed => ({ value, problem: null });
const wrong = (problem: string): Parsed => ({ value: undefined, problem });

/** Reads a value of a custom field as it was typed; nothing typed is no value. */
export function parseFieldValue(type: FieldType, typed: string): Parsed {
  const text = type === "text" || type === "text_long" ? typed : typed.trim();
  if (!text.trim()) return fine(null);
  switch (type) {
    case "text":
    case "text_long":
      return fine(text);
    case "integer": {
      if (!/^[+-]?\d+$/.test(text)) return wrong("Enter a whole number, such as 42.");
      const number = Number(text);
      return Number.isSafeInteger(number) ? fine(number) : wrong("This number is too large to be kept exactly.");
    }
    case "decimal": {
      const number = Number(text);
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(number)
        ? fine(number)
        : wrong("Enter a number, such as 4.2.");
    }
    case "boolean":
      return text === "true" || text === "false" ? fine(text === "true") : wrong("Choose yes or no.");
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
        ? fine(text)
        : wrong("Enter a date, such as 2026-12-24.");
    case "date_time":
      return /^\d{4}-\d{2}-\d{2}([T ].+)?$/.test(text) && !Number.isNaN(Date.parse(text))
        ? fine(text)
        : wrong("Enter a date and time, such as 2026-12-24T18:00.");
    case "url":
      return isWebAddress(text) ? fine(text) : wrong("Enter an address that begins with http:// or https://.");
    case "json":
      return parseJson(text);
  }
}

/** A value of a custom field as it stands in its control. */
export function formatFieldValue(type: FieldType, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (type === "json") return JSON.stringify(value, null, 2);
  return String(value);
}

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text)) return false;
  return URL.canParse(text);
}

function parseJson(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? fine(value)
      : wrong("Enter a JSON object or list, in { } or [ ].");
  } catch (error) {
    return wrong(`This is no JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`);
  }
}
