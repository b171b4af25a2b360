import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";

/** The query cache of the page. The event stream keeps it fresh, so nothing is polled and focus reads nothing again. */
export function createCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && isPassing(error),
      },
      mutations: { retry: false },
    },
  });
}

/** Whether the same call may well succeed a moment later. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 502 || error.status === 503);
}
