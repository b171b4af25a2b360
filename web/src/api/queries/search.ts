import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, client } from "../client";
import { keys } from "../keys";

/** So many letters at least are worth a question to the server. */
export const SEARCH_FROM = 2;

/** What the user may see and is called like the text. The last answer stays until the next one is there. */
export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: keys.search(text),
    queryFn: ({ signal }) => call(client.GET("/api/v1/search", { signal, params: { query: { q: text, limit: 8 } } })),
    enabled: text.length >= SEARCH_FROM,
    placeholderData: text.length >= SEARCH_FROM ? keepPreviousData : undefined,
    // Nothing announces what an old answer would miss.
    staleTime: 10_000,
    gcTime: 60_000,
  });
