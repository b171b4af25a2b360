import { lazy } from "react";

/** How long code that could not be read is let be, in milliseconds. */
const RETRY_MS = 3_000;

/** Whether the console itself can be loaded now. */
export async function isServed(): Promise<boolean> {
  try {
    return (await fetch("/", { cache: "no-store", headers: { Accept: "text/html" } })).ok;
  } catch {
    return false;
  }
}

/** Reads code, and while the server is away waits until it is back. Fails when the server has no such code any more. */
export async function readCode<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch {
      if (await isServed()) break;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  // The server came back just now, or it has a newer console.
  return read();
}

/**
 * A component whose code is read when it is first shown, as `lazy` does. Opened while the server is away it waits in the
 * place that `Suspense` gives it, and the page around it stays.
 */
export const late: typeof lazy = (read) => lazy(() => readCode(read));
