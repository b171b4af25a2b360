import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LogIn } from "lucide-react";
import { ApiError } from "@/api/errors";
import { Button } from "@/components/ui/Button";
import { type ClerkPlace, clerkToken } from "./clerk";
import { signIn, signInMessage } from "./signIn";

/** Opens Clerk's dialog and exchanges what it gives for a session of this console. */
export function SignInWithClerk({ place, onSignedIn }: { place: ClerkPlace; onSignedIn: () => void }) {
  const cache = useQueryClient();
  const submit = useMutation({
    mutationFn: async () => signIn(cache, await clerkToken(place)),
    onSuccess: onSignedIn,
  });
  const { error } = submit;
  return (
    <div className="space-y-4">
      {error && (
        <p role="alert" className="text-sm text-danger">
          {error instanceof ApiError ? signInMessage(error) : error.message}
        </p>
      )}
      <Button
        variant="primary"
        busy={submit.isPending}
        icon={<LogIn size={15} />}
        className="h-9! w-full max-md:h-11!"
        onClick={() => submit.mutate()}
      >
        {submit.isPending ? "Signing in…" : "Sign in with Clerk"}
      </Button>
    </div>
  );
}
