import type { CustomField, CustomFieldCreate, CustomFieldUpdate, FieldType, FieldVisibility } from "@/api/types";
import { tryPattern } from "./pattern";
import { takesPattern } from "./types";
import { formatFieldValue, parseFieldValue } from "./values";

/** A custom field as the form holds it. */
export interface FieldForm {
  label: string;
  /** Empty takes the label in small letters; it cannot be changed later. */
  key: string;
  type: FieldType;
  visibility: FieldVisibility;
  required: boolean;
  pattern: string;
  /** The default as it was typed. */
  fallback: string;
  description: string;
  boards: string[];
}

export const NEW_FIELD: FieldForm = {
  label: "",
  key: "",
  type: "text",
  visibility: "always",
  required: false,
  pattern: "",
  fallback: "",
  description: "",
  boards: [],
};

/** Fills the form from a field. */
export function toFieldForm(field: CustomField): FieldForm {
  return {
    label: field.label,
    key: field.field_key,
    type: field.field_type,
    visibility: field.ui_visibility,
    required: field.required,
    pattern: field.validation_regex ?? "",
    fallback: formatFieldValue(field.field_type, field.default_value),
    description: field.description ?? "",
    boards: [...field.board_ids].sort(),
  };
}

/** The key that a label makes: small letters, digits and underscores. */
export function keyOf(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

export type FieldProblems = Partial<Record<keyof FieldForm, string>>;

/** What has to be put right before the form can be sent. */
export function fieldProblems(form: FieldForm): FieldProblems {
  const problems: FieldProblems = {};
  if (!form.label.trim()) problems.label = "Enter a label.";
  else if (!form.key.trim() && !keyOf(form.label))
    problems.key = "Enter a key; the label has nothing to make one from.";
  if (form.boards.length === 0) problems.boards = "Choose at least one board.";
  const parsed = parseFieldValue(form.type, form.fallback);
  if (parsed.problem) problems.fallback = parsed.problem;
  if (takesPattern(form.type) && form.pattern.trim()) {
    const trial = tryPattern(form.pattern, typeof parsed.value === "string" ? parsed.value : "");
    if (trial.kind === "invalid") problems.pattern = trial.text;
    else if (trial.kind === "differs" && typeof parsed.value === "string") {
      problems.fallback = "The default does not match the pattern.";
    }
  }
  return problems;
}

/** The form as a new field. */
export function toCreate(form: FieldForm): CustomFieldCreate {
  return {
    field_key: form.key.trim() || keyOf(form.label),
    label: form.label.trim(),
    field_type: form.type,
    ui_visibility: form.visibility,
    required: form.required,
    validation_regex: takesPattern(form.type) ? form.pattern.trim() || null : null,
    default_value: defaultOf(form),
    description: form.description.trim() || null,
    board_ids: form.boards,
  };
}

/** Changed values of the form as the server takes them. A new type brings the default along, which is typed by it. */
export function toUpdate(changes: Partial<FieldForm>, form: FieldForm): CustomFieldUpdate {
  const update: CustomFieldUpdate = {};
  if (changes.label !== undefined) update.label = changes.label.trim();
  if (changes.type !== undefined) update.field_type = changes.type;
  if (changes.visibility !== undefined) update.ui_visibility = changes.visibility;
  if (changes.required !== undefined) update.required = changes.required;
  if (changes.pattern !== undefined) update.validation_regex = changes.pattern.trim() || null;
  if (changes.type !== undefined && !takesPattern(changes.type) && form.pattern) update.validation_regex = null;
  if (changes.fallback !== undefined || (changes.type !== undefined && form.fallback)) {
    update.default_value = defaultOf(form);
  }
  if (changes.description !== undefined) update.description = changes.description.trim() || null;
  if (changes.boards !== undefined) update.board_ids = changes.boards;
  return update;
}

// The schema calls any JSON value an object.
function defaultOf(form: FieldForm): CustomFieldCreate["default_value"] {
  return parseFieldValue(form.type, form.fallback).value as CustomFieldCreate["default_value"];
}
