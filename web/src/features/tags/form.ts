import type { Tag, TagCreate, TagUpdate } from "@/api/types";
import { DEFAULT_COLOR, readColor } from "./color";

/** A tag as the form holds it. */
export interface TagForm {
  name: string;
  /** Empty lets the server make it from the name. */
  slug: string;
  color: string;
  description: string;
}

export const NEW_TAG: TagForm = { name: "", slug: "", color: DEFAULT_COLOR, description: "" };

/** Fills the form from a tag. */
export function toTagForm(tag: Tag): TagForm {
  return { name: tag.name, slug: tag.slug, color: tag.color, description: tag.description ?? "" };
}

/** What has to be put right before the form can be sent. */
export function tagProblems(form: TagForm): Partial<Record<keyof TagForm, string>> {
  const problems: Partial<Record<keyof TagForm, string>> = {};
  if (!form.name.trim()) problems.name = "Enter a name.";
  if (!readColor(form.color)) problems.color = "Enter six hexadecimal digits, such as 5b5bd6.";
  return problems;
}

/** The form as a new tag. */
export function toCreate(form: TagForm): TagCreate {
  return {
    name: form.name.trim(),
    slug: form.slug.trim() || null,
    color: readColor(form.color) ?? DEFAULT_COLOR,
    description: form.description.trim() || null,
  };
}

/** Changed values of the form as the server takes them. */
export function toUpdate(changes: Partial<TagForm>): TagUpdate {
  const update: TagUpdate = {};
  if (changes.name !== undefined) update.name = changes.name.trim();
  if (changes.slug !== undefined) update.slug = changes.slug.trim() || null;
  if (changes.color !== undefined) update.color = readColor(changes.color) ?? DEFAULT_COLOR;
  if (changes.description !== undefined) update.description = changes.description.trim() || null;
  return update;
}
