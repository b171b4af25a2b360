import type { User } from "@/api/types";

/** The name to show for a user. */
export function displayName(user: User | undefined): string {
  return user?.preferred_name?.trim() || user?.name?.trim() || user?.email?.trim() || "You";
}
