import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { configQuery } from "@/api/queries/session";
import { Logo } from "@/components/Logo";
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
    <main className="grid min-h-full place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <Logo size={40} />
          <div>
            <h1 className="text-xl font-semibold">Mission Control</h1>
            <p className="text-ink-2">Sign in to run your fleet of agents.</p>
          </div>
        </div>
        <div className="rounded-xl border border-line bg-surface p-6 shadow-card">
          <SignInForm
            onSignedIn={() => void navigate({ href: safeRedirect(redirect, location.origin), replace: true })}
          />
        </div>
        <p className="mt-5 text-center text-xs text-ink-3">
          {config.data ? `Version ${config.data.version} · ` : ""}
          <a className="underline underline-offset-2 hover:text-ink" href="/docs">
            API reference
          </a>
        </p>
      </div>
    </main>
  );
}
