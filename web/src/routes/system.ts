import { createRoute } from "@tanstack/react-router";
import { boardsQuery } from "@/api/queries/boards";
import { systemQuery } from "@/api/queries/system";
import { parseSystemSearch } from "@/features/system/search";
import { lazyPage } from "./lazyPage";
import { shell } from "./shell";

const system = createRoute({
  getParentRoute: () => shell,
  path: "/system",
  validateSearch: parseSystemSearch,
  loader: ({ context }) => void context.cache.prefetchQuery(systemQuery),
  component: lazyPage(() => import("@/features/system/SystemPage"), "SystemPage"),
});

const welcome = createRoute({
  getParentRoute: () => shell,
  path: "/welcome",
  loader: ({ context }) => void context.cache.prefetchQuery(boardsQuery),
  component: lazyPage(() => import("@/features/welcome/WelcomePage"), "WelcomePage"),
});

/** The installation as a whole, and the way from an empty one to work. */
export const systemRoutes = [system, welcome] as const;
