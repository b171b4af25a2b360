import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { sessionQuery } from "@/api/queries/session";
import type { SignedIn } from "@/api/types";
import { asksForProfile } from "@/features/onboarding/gate";
import { BareErrorPage } from "@/features/shell/ErrorPage";
import { Shell } from "@/features/shell/Shell";
import { setProfileZone } from "@/lib/zone";
import { startLive } from "@/live/connection";
import { firstConnection } from "@/live/store";

// Data is read after the stream stands, so that no change falls in between; a slow stream holds a page up only so long.
const STREAM_WAIT_MS = 400;

/** What every page stands in. */
export const root = createRootRouteWithContext<{ cache: QueryClient }>()({
  component: Outlet,
  errorComponent: BareErrorPage,
});

/** Who is signed in; without anybody the way leads to signing in, and from there back to `href`. */
export async function requireSession(cache: QueryClient, href: string): Promise<SignedIn> {
  try {
    const signedIn = await cache.ensureQueryData(sessionQuery);
    setProfileZone(signedIn.user.timezone);
    return signedIn;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      throw redirect({ to: "/sign-in", search: href === "/" ? {} : { redirect: href } });
    }
    throw error;
  }
}

/** What every page of a signed-in user stands in: it asks who is signed in and starts the stream. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  async beforeLoad({ context, location }) {
    const { user } = await requireSession(context.cache, location.href);
    if (asksForProfile(user)) {
      throw redirect({ to: "/onboarding", search: location.href === "/" ? {} : { redirect: location.href } });
    }
    startLive(context.cache);
    await firstConnection(STREAM_WAIT_MS);
  },
  component: Shell,
  errorComponent: BareErrorPage,
});
