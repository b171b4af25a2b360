/** Data stays fresh until an event says otherwise (`live/apply.ts`); this is only the bound for what no event announces. */
export const QUIET_MINUTES = 5 * 60_000;

/** Where the next page of a list begins, or nothing at its end. */
export function nextOffset(page: { items: unknown[]; total: number; offset: number }): number | undefined {
  const next = page.offset + page.items.length;
  return page.items.length > 0 && next < page.total ? next : undefined;
}
