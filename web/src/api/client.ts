import createClient from "openapi-fetch";
import { sessionLost } from "@/features/session/lost";
import { authorization } from "./bearer";
import { toApiError, unreachable } from "./errors";
import { organizationHeader } from "./organization";
import { API_ORIGIN, isElsewhere } from "./origin";
import type { paths } from "./schema";

/**
 * The typed client of the server. It sends the session cookie to the server that served this page; to one elsewhere it
 * sends the bearer token of this tab.
 */
export const client = createClient<paths>({
  baseUrl: API_ORIGIN,
  credentials: isElsewhere ? "omit" : "same-origin",
  // Looked up per call, so that tests can replace it.
  fetch: (request) => globalThis.fetch(request),
});

client.use({
  onRequest({ request }) {
    const own = { ...organizationHeader(), ...(isElsewhere ? authorization() : {}) };
    for (const [name, value] of Object.entries(own)) {
      if (!request.headers.has(name)) request.headers.set(name, value);
    }
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * The body of a successful call; anything else becomes an `ApiError`. A 401 also tells the shell that the session ended,
 * except for calls that ask whether there is one.
 */
export async function call<T>(answer: Promise<Answer<T>>, options: { probesSession?: boolean } = {}): Promise<T> {
  let result: Answer<T>;
  try {
    result = await answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (result.response.ok) return result.data as T;
  if (result.response.status === 401 && !options.probesSession) sessionLost();
  throw toApiError(result.response.status, result.error, result.response.headers);
}

/** A list answer of the server. */
export interface Page<T> {
  items: T[];
  total: number;
}

/** The most rows that one list call returns. */
export const PAGE_LIMIT = 200;

/** Reads a list to its end, at most `max` rows; `total` says how many there are on the server. */
export async function readAll<T>(
  fetchPage: (query: { limit: number; offset: number }) => Promise<Page<T>>,
  max = 1000,
): Promise<Page<T>> {
  const first = await fetchPage({ limit: PAGE_LIMIT, offset: 0 });
  const items = [...first.items];
  let total = first.total;
  while (items.length < Math.min(total, max)) {
    const next = await fetchPage({ limit: PAGE_LIMIT, offset: items.length });
    if (next.items.length === 0) break;
    items.push(...next.items);
    total = next.total;
  }
  return { items, total };
}
