import type { InvalidateQueryFilters, Query, QueryClient } from "@tanstack/react-query";

/**
 * Reads again what an event touches, where it is on screen. An answer that was on its way before the event may not know
 * of it, so what is being read for the first time is read once more.
 */
export function renew(cache: QueryClient, filters: InvalidateQueryFilters = {}): void {
  const first = cache
    .getQueryCache()
    .findAll(filters)
    .filter(({ state }) => state.fetchStatus === "fetching" && state.data === undefined);
  // Whatever is read for the second time begins anew by itself.
  void cache.invalidateQueries(filters);
  for (const query of first) repeatFirstRead(cache, query);
}

/** Reads again what was just changed in place, if an answer that would undo the change is on its way. */
export function rereadIfReading(cache: QueryClient, key: readonly string[]): void {
  const query = cache.getQueryCache().find({ queryKey: key, exact: true });
  if (query?.state.fetchStatus !== "fetching") return;
  if (query.state.data === undefined) repeatFirstRead(cache, query);
  else query.fetch(undefined, { cancelRefetch: true }).catch(ignore);
}

/** A first read cannot be cut short without its page failing; it is joined, and repeated when it has ended. */
function repeatFirstRead(cache: QueryClient, query: Query): void {
  query
    .fetch()
    .catch(ignore)
    .then(() => cache.invalidateQueries({ queryKey: query.queryKey, exact: true }))
    .catch(ignore);
}

/** What goes wrong stands in the state of the query. */
function ignore(): void {}
