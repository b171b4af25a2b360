import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
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
  return (
    <BarePage
      title="Mission Control"
      text="Sign in to run your fleet of agents."
      footer={
        <>
          {config.data ? `Version ${config.data.version} · ` : ""}
          <a className="underline underline-offset-2 hover:text-ink" href="/docs">
            API reference
          </a>
        </>
      }
    >
      <SignInForm onSignedIn={() => void navigate({ href: safeRedirect(redirect, location.origin), replace: true })} />
    </BarePage>
  );
}
