import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { ApiError, messageOf } from "@/api/errors";
import { keys } from "@/api/keys";
import { organizationsQuery } from "@/api/queries/organization";
import { sessionQuery } from "@/api/queries/session";
import type { Member } from "@/api/types";
import { Button } from "@/components/ui/Button";
import { TextField } from "@/components/ui/TextField";
import { signOut } from "@/features/session/signIn";
import { BarePage } from "@/features/shell/BarePage";
import { useTitle } from "@/lib/title";
import { enterOrganization } from "@/live/connection";
import { forgetToken, keepToken, keptToken } from "./inviteLink";
import { roleLabel } from "./rules";

const route = getRouteApi("/invite");

/** `/invite`: accepts an invite into an organization. */
export function InvitePage() {
  useTitle("Invite");
  const [joined, setJoined] = useState<Member | null>(null);
  const user = useQuery(sessionQuery).data?.user;
  return (
    <BarePage
      title={joined ? "You are in" : "You are invited"}
      text={joined ? "The invite was accepted." : "Accept to work in the organization that the invite is from."}
      footer={user?.email && `Signed in as ${user.email}`}
    >
      {joined ? <Joined member={joined} /> : <Accept onJoined={setJoined} />}
    </BarePage>
  );
}

/** What went wrong, and what to do about it. */
function refusal(error: unknown): string {
  if (!(error instanceof ApiError)) return messageOf(error);
  if (error.status === 404) {
    return "This invite does not exist any more: it was used, taken back, or its time is over. Ask for a new one.";
  }
  if (error.status === 403) {
    return "This invite is for another e-mail address. Sign in with the address that was invited.";
  }
  return error.message;
}

function Accept({ onJoined }: { onJoined: (member: Member) => void }) {
  const cache = useQueryClient();
  const navigate = route.useNavigate();
  const [token, setToken] = useState(keptToken);
  const [tried, setTried] = useState(false);
  // A link brought it; nobody needs to see it.
  const [fromLink] = useState(() => keptToken() !== "");
  const accept = useMutation({
    mutationFn: () =>
      call(client.POST("/api/v1/organizations/invites/accept", { body: { token: token.trim() } })) as Promise<Member>,
    onSuccess(member) {
      forgetToken();
      void cache.invalidateQueries({ queryKey: keys.organizations });
      onJoined(member);
    },
  });
  const elsewhere = useMutation({
    mutationFn: async () => {
      await signOut(cache);
      keepToken(token.trim());
      await navigate({ to: "/sign-in", search: { redirect: "/invite" } });
    },
  });
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (token.trim() && !accept.isPending) accept.mutate();
      }}
    >
      {fromLink ? (
        <p className="text-ink-2">The link is good for one person. Nothing happens before you accept.</p>
      ) : (
        <TextField
          label="Invite token"
          required
          hint="The part of the invite link behind “token=”."
          error={tried && !token.trim() ? "Enter the token, or open the link that you were given." : null}
          mono
          type="password"
          autoComplete="off"
          value={token}
          onChange={setToken}
        />
      )}
      {accept.error && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          {refusal(accept.error)}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {accept.error instanceof ApiError && accept.error.status === 403 ? (
          <Button busy={elsewhere.isPending} onClick={() => elsewhere.mutate()}>
            Sign in as somebody else
          </Button>
        ) : (
          <Link to="/" className="inline-flex h-8 items-center px-3 text-sm font-medium text-ink-2 hover:text-ink">
            Not now
          </Link>
        )}
        <Button type="submit" variant="primary" busy={accept.isPending}>
          Accept invite
        </Button>
      </div>
    </form>
  );
}

function Joined({ member }: { member: Member }) {
  const cache = useQueryClient();
  const navigate = route.useNavigate();
  const organization = useQuery(organizationsQuery).data?.find(({ id }) => id === member.organization_id);
  const open = useMutation({
    mutationFn: async () => {
      await call(
        client.PATCH("/api/v1/organizations/me/active", { body: { organization_id: member.organization_id } }),
      );
      await enterOrganization(cache, member.organization_id);
      await navigate({ to: "/" });
    },
  });
  return (
    <div className="space-y-4">
      <p role="status" className="flex gap-2">
        <Check size={18} className="mt-0.5 shrink-0 text-ok" aria-hidden="true" />
        <span>
          You belong to <strong className="font-semibold">{organization?.name ?? "the organization"}</strong> now. Your
          role: {roleLabel(member.role).toLowerCase()}.
        </span>
      </p>
      {open.error && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          {messageOf(open.error)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Link to="/" className="inline-flex h-8 items-center px-3 text-sm font-medium text-ink-2 hover:text-ink">
          Stay where I was
        </Link>
        <Button variant="primary" busy={open.isPending} onClick={() => open.mutate()}>
          Open {organization?.name ?? "it"}
        </Button>
      </div>
    </div>
  );
}
