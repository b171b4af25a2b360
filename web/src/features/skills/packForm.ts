import type { Pack, PackCreate, PackUpdate } from "@/api/types";

/** A pack as its form holds it. */
export interface PackForm {
  address: string;
  branch: string;
  /** Empty lets the server make it from the address. */
  name: string;
  description: string;
}

/** What has to be put right before the form can be sent. */
export interface PackProblems {
  address?: string;
}

const BRANCH = "main";

export const NEW_PACK: PackForm = { address: "", branch: BRANCH, name: "", description: "" };

/** Fills the form from a pack. */
export function toPackForm(pack: Pack): PackForm {
  return { address: pack.source_url, branch: pack.branch, name: pack.name, description: pack.description ?? "" };
}

const REPOSITORY = /^https:\/\/github\.com\/[^/\s?#]+\/[^/\s?#]+\/?$/i;

/** What is wrong with the form. */
export function packProblems(form: PackForm): PackProblems {
  return REPOSITORY.test(form.address.trim())
    ? {}
    : { address: "The address is https://github.com/, the owner, a slash and the repository." };
}

/** The form as a new pack. */
export function toCreate(form: PackForm): PackCreate {
  return {
    source_url: form.address.trim(),
    branch: form.branch.trim() || BRANCH,
    metadata: {},
    ...(form.name.trim() ? { name: form.name.trim() } : {}),
    ...(form.description.trim() ? { description: form.description.trim() } : {}),
  };
}

/** Changed values of the form as the server takes them. */
export function toUpdate(changes: Partial<PackForm>): PackUpdate {
  const update: PackUpdate = {};
  if (changes.address !== undefined) update.source_url = changes.address.trim();
  if (changes.branch !== undefined) update.branch = changes.branch.trim() || BRANCH;
  if (changes.name !== undefined) update.name = changes.name.trim() || null;
  if (changes.description !== undefined) update.description = changes.description.trim() || null;
  return update;
}
