import { createRoute, redirect } from "@tanstack/react-router";
import { isProfileComplete } from "@/features/onboarding/gate";
import { keepToken, tokenIn } from "@/features/organization/inviteLink";
import { BareErrorPage, NotFoundPage } from "@/features/shell/ErrorPage";
import { lazyPage } from "./lazyPage";
import { requireSession, root, shell } from "./shell";

/** Where to go on afterwards. */
function redirectIn(search: Record<string, unknown>): { redirect?: string } {
  return typeof search.redirect === "string" ? { redirect: search.redirect } : {};
}

/** Where nobody is signed in yet. */
export const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: redirectIn,
  component: lazyPage(() => import("@/features/session/SignInPage"), "SignInPage"),
});

/** Where an invite is accepted. The token leaves the address at once, so that no redirect carries it on. */
export const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  async beforeLoad({ context, location }) {
    const token = tokenIn(new URL(location.href, globalThis.location.origin));
    if (token) {
      keepToken(token);
      throw redirect({ to: "/invite", replace: true });
    }
    await requireSession(context.cache, "/invite");
  },
  component: lazyPage(() => import("@/features/organization/InvitePage"), "InvitePage"),
  errorComponent: BareErrorPage,
});

/** Where a new user is asked for name and time zone. */
export const onboarding = createRoute({
  getParentRoute: () => root,
  path: "/onboarding",
  validateSearch: redirectIn,
  async beforeLoad({ context, location }) {
    const { user } = await requireSession(context.cache, location.href);
    if (isProfileComplete(user)) throw redirect({ to: "/", replace: true });
  },
  component: lazyPage(() => import("@/features/onboarding/ProfilePage"), "ProfilePage"),
  errorComponent: BareErrorPage,
});

const start = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad() {
    throw redirect({ to: "/boards", replace: true });
  },
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyPage(() => import("@/features/settings/SettingsPage"), "SettingsPage"),
});

// Shows the shared parts in all their states; a release has no such page.
const design = createRoute({
  getParentRoute: () => shell,
  path: "/design",
  component: import.meta.env.DEV ? lazyPage(() => import("@/features/design/DesignPage"), "DesignPage") : NotFoundPage,
});

// Inside the shell, so that there is a way on from an address that leads nowhere.
const nowhere = createRoute({
  getParentRoute: () => shell,
  path: "$",
  component: NotFoundPage,
});

/** Ways in, what belongs to the person who is signed in, and the way out of addresses that lead nowhere. */
export const entryRoutes = [start, settings, design, nowhere] as const;
