import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { type ActivityFilter, EVENTS_PER_PAGE, readActivity } from "@/api/queries/activity";
import type { ActivityPage } from "@/api/types";
import { renew } from "./renew";

// Busy boards write many events a second; the feed is read at most this often.
const INTERVAL_MS = 1_000;
const pending = new WeakSet<QueryClient>();

/** Reads the newest activity soon, once for all events that come until then. */
export function refreshActivitySoon(cache: QueryClient): void {
  const lists = [keys.activity, keys.failures].flatMap((queryKey) => cache.getQueryCache().findAll({ queryKey }));
  if (pending.has(cache) || lists.length === 0) return;
  pending.add(cache);
  setTimeout(() => {
    pending.delete(cache);
    // What could not be read now is read with the next event.
    refreshActivity(cache).catch(() => undefined);
  }, INTERVAL_MS);
}

/**
 * Puts what is new on top of each list of activity on screen. Older pages stay where they are, so that a reader who has
 * scrolled down keeps the place. A list that looks at the past, or is paused, is left alone.
 */
async function refreshActivity(cache: QueryClient): Promise<void> {
  renew(cache, { queryKey: keys.failures });
  const lists = cache.getQueryCache().findAll({ queryKey: keys.activity, type: "active" });
  await Promise.all(
    lists.map(async (list) => {
      const filter = list.queryKey[1] as ActivityFilter;
      if (filter.before || list.isDisabled()) return;
      if (list.state.fetchStatus === "fetching") {
        // What is on its way may be older than the event.
        refreshActivitySoon(cache);
        return;
      }
      const fresh = await readActivity(filter, { limit: EVENTS_PER_PAGE });
      cache.setQueryData<InfiniteData<ActivityPage, string>>(list.queryKey, (data) => data && onTop(data, fresh));
    }),
  );
  // Lists that are not on screen are read anew when they are.
  void cache.invalidateQueries({ queryKey: keys.activity, refetchType: "none", type: "inactive" });
}

/** A list with the newest page laid over it. When more has come than a page holds, the list begins anew. */
export function onTop(
  data: InfiniteData<ActivityPage, string>,
  fresh: ActivityPage,
): InfiniteData<ActivityPage, string> {
  const [first, ...rest] = data.pages;
  if (!first) return data;
  const known = new Set(first.items.map((event) => event.id));
  const added = fresh.items.filter((event) => !known.has(event.id));
  if (first.items.length > 0 && added.length === fresh.items.length && fresh.next_cursor) {
    return { pages: [fresh], pageParams: [""] };
  }
  const top = { ...first, items: [...added, ...first.items], total: fresh.total };
  return { ...data, pages: [top, ...rest] };
}
