import { LogIn } from "lucide-react";
import { useId } from "react";
import { safeRedirect } from "./signIn";

/** Where a browser goes to sign in, as the server tells it. */
export interface SignInPlace {
  path: string;
  label: string;
}

/** The place that a configuration names, when people do not sign in here. */
export function signInPlace(config: object | undefined): SignInPlace | null {
  return (config as { sign_in?: SignInPlace | null } | undefined)?.sign_in ?? null;
}

const REASONS: Record<string, string> = {
  expired: "Signing in took too long or began in another window. Try again.",
  denied: "The identity provider did not sign you in.",
  not_allowed: "Your account may not use this server. Ask its administrator.",
  failed:
    "The identity provider could not be asked, or its answer was not right. Try again; if it stays, tell an administrator.",
};

/** Leads to the identity provider, and says why somebody came back without being signed in. */
export function SignInElsewhere({ place }: { place: SignInPlace }) {
  const reasonId = useId();
  const search = new URLSearchParams(location.search);
  const onSignInPage = location.pathname === "/sign-in";
  const target = onSignInPage ? (search.get("redirect") ?? undefined) : location.pathname + location.search;
  const error = onSignInPage ? search.get("error") : null;
  const query = new URLSearchParams({ return_to: safeRedirect(target, location.origin) });
  return (
    <div className="space-y-4">
      {error && (
        <p id={reasonId} role="alert" className="text-sm text-danger">
          {REASONS[error] ?? REASONS.failed}
        </p>
      )}
      <a
        href={`${place.path}?${query}`}
        aria-describedby={error ? reasonId : undefined}
        className="inline-flex h-9 w-full items-center justify-center gap-2 rounded-md bg-accent px-3 text-sm font-medium text-accent-ink transition-colors hover:bg-accent-hover max-md:h-11"
      >
        <LogIn size={15} aria-hidden />
        Sign in with {place.label}
      </a>
    </div>
  );
}
