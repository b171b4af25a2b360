import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { SignInPage } from "@/features/session/SignInPage";
import { NotFoundPage } from "@/features/shell/ErrorPage";
import { root, shell } from "./shell";

/** Where nobody is signed in yet. */
export const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { redirect?: string } =>
    typeof search.redirect === "string" ? { redirect: search.redirect } : {},
  component: SignInPage,
});

const start = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad() {
    throw redirect({ to: "/dashboard", replace: true });
  },
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/settings/SettingsPage"), "SettingsPage"),
});

// Shows the shared parts in all their states; a release has no such page.
const design = createRoute({
  getParentRoute: () => shell,
  path: "/design",
  component: import.meta.env.DEV
    ? lazyRouteComponent(() => import("@/features/design/DesignPage"), "DesignPage")
    : NotFoundPage,
});

// Inside the shell, so that there is a way on from an address that leads nowhere.
const nowhere = createRoute({
  getParentRoute: () => shell,
  path: "$",
  component: NotFoundPage,
});

/** Ways in, what belongs to the person who is signed in, and the way out of addresses that lead nowhere. */
export const entryRoutes = [start, settings, design, nowhere] as const;
