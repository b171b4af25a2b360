import type { User, UserUpdate } from "@/api/types";

const FIELDS = ["name", "preferred_name", "pronouns", "timezone", "notes", "context"] as const;

/** The profile as the form holds it; what is not known is empty. */
export type ProfileFields = Record<(typeof FIELDS)[number], string>;

/** Fills the form from a user. */
export function toProfile(user: User): ProfileFields {
  return Object.fromEntries(FIELDS.map((field) => [field, user[field] ?? ""])) as ProfileFields;
}

/** Only what differs from the user; a field that was emptied is sent as null. */
export function profileChanges(form: ProfileFields, user: User): UserUpdate {
  const changes: UserUpdate = {};
  for (const field of FIELDS) {
    if (form[field].trim() !== (user[field] ?? "")) changes[field] = form[field].trim() || null;
  }
  return changes;
}
