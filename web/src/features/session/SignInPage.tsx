import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { API_ORIGIN, BUILD, hasBadOrigin, isElsewhere, mismatch, serverLink } from "@/api/origin";
import { configQuery } from "@/api/queries/session";
import { BarePage } from "@/features/shell/BarePage";
import { useTitle } from "@/lib/title";
import { SignInForm } from "./SignInForm";
import { safeRedirect } from "./signIn";

const route = getRouteApi("/sign-in");

/** The way in. */
export function SignInPage() {
  useTitle("Sign in");
  const { redirect } = route.useSearch();
  const navigate = route.useNavigate();
  const config = useQuery(configQuery);
  const problem = problemOf(config.data, config.error);
  return (
    <BarePage
      title="Mission Control"
      text="Sign in to run your fleet of agents."
      footer={
        <>
          {config.data ? `Version ${config.data.version} · ` : ""}
          <a className="underline underline-offset-2 hover:text-ink" href={serverLink("/docs")}>
            API reference
          </a>
        </>
      }
    >
      {problem ? (
        <div role="alert" className="space-y-2">
          <h2 className="font-semibold">This console cannot be used as it is</h2>
          <p className="text-ink-2">{problem}</p>
        </div>
      ) : (
        <SignInForm
          onSignedIn={() => void navigate({ href: safeRedirect(redirect, location.origin), replace: true })}
        />
      )}
    </BarePage>
  );
}

/** Why nobody can sign in here, whatever they enter; null when they can. */
function problemOf(config: { auth_mode: string } | undefined, error: Error | null): string | null {
  if (hasBadOrigin) {
    return `NEXT_PUBLIC_API_URL of this build (${BUILD.NEXT_PUBLIC_API_URL}) is no address. Set it to the server's, such as https://mission-control.example.com, and build the console again.`;
  }
  if (isElsewhere && error && !config) {
    return `The server at ${API_ORIGIN} does not answer this page. Check that it runs, and that its CORS_ORIGINS names ${location.origin}.`;
  }
  return mismatch(BUILD, config, isElsewhere);
}
