import { tabValue } from "@/lib/tabValue";

// Kept for the tab alone: what another tab switches to is none of this one's business, and a reload changes nothing.
const organization = tabValue("mc-organization");

/** The organization in which this tab acts; null until the server has named those of the person. */
export const tabOrganization = organization.get;

/** Lets this tab act in an organization; null for the one that is active when the server is asked next. */
export const setTabOrganization = organization.set;

/** The header with which requests name the organization that they mean. */
export function organizationHeader(): Record<string, string> {
  const id = organization.get();
  return id ? { "X-Organization-Id": id } : {};
}

/** An organization as the list of the person's own names it. */
interface Own {
  id: string;
  is_active: boolean;
}

/** The one of the person's organizations in which this tab acts. */
export function actingIn<T extends Own>(organizations: readonly T[] | undefined): T | undefined {
  const held = organization.get();
  return organizations?.find(({ id }) => id === held) ?? organizations?.find(({ is_active }) => is_active);
}

/**
 * Makes up the tab's mind from the person's organizations: it stays where it is if the person still belongs there, and
 * begins in the active one otherwise.
 */
export function settleOrganization(organizations: readonly Own[]): string | null {
  const acting = actingIn(organizations)?.id ?? null;
  if (acting !== organization.get()) setTabOrganization(acting);
  return acting;
}
