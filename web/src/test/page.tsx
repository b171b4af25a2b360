import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";

/** Shows a component as a page of its own, so that links have somewhere to lead; resolves when it stands. */
export async function renderPage(page: ReactNode, { phone = false } = {}) {
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: phone && query.includes("max-width"),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  const root = createRootRoute({ component: () => page, notFoundComponent: () => page });
  const router = createRouter({ routeTree: root, history: createMemoryHistory({ initialEntries: ["/"] }) });
  await router.load();
  // The page's router is not the console's, whose addresses the types know.
  const view = render(<RouterProvider router={router as never} />);
  return { ...view, router };
}
