import type { QueryClient } from "@tanstack/react-query";
import { authorization, setBearer } from "@/api/bearer";
import { call, client } from "@/api/client";
import { ApiError } from "@/api/errors";
import { keys } from "@/api/keys";
import { setTabOrganization } from "@/api/organization";
import { isElsewhere } from "@/api/origin";
import { rememberStanding } from "@/api/queries/session";
import type { SignedIn } from "@/api/types";
import { forgetToken } from "@/features/organization/inviteLink";
import { clearDrafts } from "@/lib/drafts";
import { setProfileZone } from "@/lib/zone";
import { stopLive } from "@/live/connection";
import { leaveClerk } from "./clerk";
import { sessionFound } from "./lost";

/**
 * Exchanges the token for a session cookie: the token is sent once and kept nowhere. On another origin than the server's
 * there is no cookie; then the token is kept for this tab, once the server has accepted it.
 */
export async function signIn(cache: QueryClient, token: string): Promise<void> {
  const signedIn = await call<SignedIn>(
    isElsewhere
      ? client.GET("/api/v1/auth/session", { headers: authorization(token) })
      : client.POST("/api/v1/auth/session", { body: { token } }),
    { probesSession: true },
  );
  if (isElsewhere) setBearer(token);
  cache.setQueryData(keys.session, signedIn);
  rememberStanding(cache, signedIn);
  sessionFound();
}

/** Ends this browser's session and forgets everything that it has shown. */
export async function signOut(cache: QueryClient): Promise<void> {
  await call(client.DELETE("/api/v1/auth/session"), { probesSession: true }).catch((error: unknown) => {
    // A session that has already ended is as good as ended by us.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  });
  await forgetSession(cache);
}

/** Forgets in this browser everything of a session that has ended. */
export async function forgetSession(cache: QueryClient): Promise<void> {
  setBearer(null);
  setTabOrganization(null);
  await leaveClerk();
  stopLive();
  clearDrafts();
  forgetToken();
  setProfileZone(null);
  cache.clear();
}

/** What the form says when signing in fails. */
export function signInMessage(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong. Try again.";
  switch (error.status) {
    case 0:
      return error.message;
    case 401:
    case 403:
      return "The server does not accept this token. Check that you copied all of it.";
    case 429:
      return error.retryAfterSeconds
        ? `Too many attempts. Try again in ${error.retryAfterSeconds} seconds.`
        : "Too many attempts. Wait a minute, then try again.";
    default:
      return error.message;
  }
}

/**
 * Where to go after signing in: a path of this console. Anything that leads to another origin counts as the start page.
 */
export function safeRedirect(target: string | undefined, origin: string): string {
  if (!target) return "/";
  try {
    const url = new URL(target, origin);
    if (url.origin !== origin) return "/";
    if (!target.startsWith("/") && !target.startsWith(origin)) return "/";
    return url.pathname + url.search + url.hash;
  } catch {
    return "/";
  }
}
