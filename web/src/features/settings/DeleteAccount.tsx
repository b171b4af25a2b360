import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call, client } from "@/api/client";
import { configQuery, sessionQuery } from "@/api/queries/session";
import { Button } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { forgetSession } from "@/features/session/signIn";

/** Deletes the signed-in user, with everything that only this user has. */
export function DeleteAccount() {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const user = useQuery(sessionQuery).data?.user;
  const local = useQuery(configQuery).data?.auth_mode === "local";
  const [asking, setAsking] = useState(false);
  if (!user) return null;
  return (
    <section aria-labelledby="delete">
      <h2 id="delete" className="text-base font-semibold">
        Delete account
      </h2>
      <div className="mt-2 flex flex-wrap items-center gap-3 rounded-xl border border-line bg-surface px-4 py-3">
        <p className="min-w-56 flex-1 text-ink-2">
          Your profile, your memberships, and every organization in which nobody else is left.
        </p>
        <Button variant="danger" onClick={() => setAsking(true)}>
          Delete account…
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Delete your account?"
        action="Delete account"
        typeToConfirm={user.email ?? user.name ?? "delete"}
        onConfirm={async () => {
          await call(client.DELETE("/api/v1/users/me"));
          await forgetSession(cache);
          await navigate({ to: "/sign-in" });
        }}
      >
        <p>
          Organizations in which you are the only member are deleted with their boards, tasks, agents and gateways. In
          others, what you wrote stays without your name.
        </p>
        {local && (
          <p>The access token still works: whoever signs in with it begins anew, with an empty organization.</p>
        )}
        <p>This cannot be undone.</p>
      </ConfirmDialog>
    </section>
  );
}
