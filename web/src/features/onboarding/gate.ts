import type { User } from "@/api/types";

const KEY = "mc.profile.later";
// The name that the server gives the one user of local sign-in; nobody is called so.
const NOBODYS_NAME = "Local User";
// Without storage the answer lasts as long as the page.
let later: string | null = null;

/** What the user is called, as far as that is known. */
export function knownName(user: User): string {
  const name = user.preferred_name?.trim() || user.name?.trim() || "";
  return name === NOBODYS_NAME ? "" : name;
}

/** Whether name and time zone are known. */
export function isProfileComplete(user: User): boolean {
  return Boolean((user.preferred_name?.trim() || user.name?.trim()) && user.timezone?.trim());
}

/** Whether to ask for the profile before anything else: once, and never again in this browser once put off. */
export function asksForProfile(user: User): boolean {
  return !isProfileComplete(user) && later !== user.id && stored() !== user.id;
}

/** Remembers that the user does not want to be asked now. */
export function putOffProfile(user: User): void {
  later = user.id;
  try {
    localStorage.setItem(KEY, user.id);
  } catch {
    // Then it is asked again with the next visit.
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
