import type { FieldType, FieldVisibility } from "@/api/types";

/** The kinds of values that a custom field can take. */
export const FIELD_TYPES: { value: FieldType; label: string; note: string }[] = [
  { value: "text", label: "Text", note: "One line." },
  { value: "text_long", label: "Long text", note: "Several lines." },
  { value: "integer", label: "Whole number", note: "Such as 42." },
  { value: "decimal", label: "Decimal number", note: "Such as 4.2." },
  { value: "boolean", label: "Yes or no", note: "" },
  { value: "date", label: "Date", note: "A calendar day." },
  { value: "date_time", label: "Date and time", note: "A moment." },
  { value: "url", label: "Web address", note: "Shown as a link." },
  { value: "json", label: "JSON", note: "An object or a list, for programs." },
];

/** When a task shows a field. */
export const VISIBILITIES: { value: FieldVisibility; label: string; note: string }[] = [
  { value: "always", label: "Always", note: "Also while it is empty." },
  { value: "if_set", label: "If set", note: "Only with a value; it can be added on the task." },
  { value: "hidden", label: "Hidden", note: "Only agents and scripts see it." },
];

/** The name of a type for people. */
export function typeLabel(type: FieldType): string {
  return FIELD_TYPES.find((entry) => entry.value === type)?.label ?? type;
}

/** Whether values of this type are texts that a pattern can check. */
export function takesPattern(type: FieldType): boolean {
  return ["text", "text_long", "date", "date_time", "url"].includes(type);
}
