import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LogIn } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { configQuery } from "@/api/queries/session";
import { Button } from "@/components/ui/Button";
import { Field } from "@/components/ui/Field";
import { clerkPlace } from "./clerk";
import { SignInElsewhere, signInPlace } from "./SignInElsewhere";
import { SignInWithClerk } from "./SignInWithClerk";
import { signIn, signInMessage } from "./signIn";

/** Asks for the access token. */
export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const cache = useQueryClient();
  const config = useQuery(configQuery);
  const [token, setToken] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = useMutation({
    mutationFn: (value: string) => signIn(cache, value),
    onSuccess() {
      setToken("");
      onSignedIn();
    },
  });
  const error = missing ? "Enter the access token." : submit.error ? signInMessage(submit.error) : null;
  const place = signInPlace(config.data);
  if (place) return <SignInElsewhere place={place} />;
  const clerk = clerkPlace(config.data);
  if (clerk) return <SignInWithClerk place={clerk} onSignedIn={onSignedIn} />;
  const requestId = submit.error instanceof ApiError && submit.error.status >= 500 ? submit.error.requestId : null;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const value = token.trim();
        setMissing(!value);
        if (value && !submit.isPending) submit.mutate(value);
      }}
    >
      <Field label="Access token" error={error} required>
        {(props) => (
          <input
            {...props}
            type="password"
            className="field"
            // biome-ignore lint/a11y/noAutofocus: the form is all there is on this page.
            autoFocus
            autoComplete="current-password"
            spellCheck={false}
            value={token}
            onChange={(event) => {
              setToken(event.target.value);
              setMissing(false);
              submit.reset();
            }}
          />
        )}
      </Field>
      {requestId && (
        <p className="text-xs text-ink-2">
          Request <code className="font-mono select-all">{requestId}</code>
        </p>
      )}
      <Button
        type="submit"
        variant="primary"
        busy={submit.isPending}
        icon={<LogIn size={15} />}
        className="h-9! w-full max-md:h-11!"
      >
        {submit.isPending ? "Signing in…" : "Sign in"}
      </Button>
      {config.data?.auth_mode === "local" && (
        <p className="text-xs text-ink-3">
          {config.data.token_hint ? (
            <>
              The token stands on the server in the file{" "}
              <code className="font-mono break-all text-ink-2 select-all">{config.data.token_hint}</code>.
            </>
          ) : (
            "The token is the LOCAL_AUTH_TOKEN of the server's configuration. Whoever set the server up knows it."
          )}
        </p>
      )}
      {config.data?.auth_mode === "clerk" && (
        <p className="text-xs text-ink-3">
          This server checks people through Clerk. Enter a session token that your Clerk application has issued.
        </p>
      )}
    </form>
  );
}
