import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MonitorSmartphone } from "lucide-react";
import { call, client, type Page } from "@/api/client";
import { messageOf } from "@/api/errors";
import { keys } from "@/api/keys";
import { sessionsQuery } from "@/api/queries/session";
import type { Session } from "@/api/types";
import { Badge } from "@/components/Badge";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useNow } from "@/lib/now";
import { parseTime, shortDate } from "@/lib/time";
import { describeBrowser } from "./userAgent";

/** Where the user is signed in, with the way to end a session. */
export function SessionList() {
  const query = useQuery(sessionsQuery);
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions" className="text-base font-semibold">
        Active sessions
      </h2>
      <p className="mb-3 text-ink-2">Browsers that are signed in as you. End those that you do not know.</p>
      {query.isPending && <ListSkeleton rows={2} label="Loading the sessions" />}
      {query.error && !query.data && (
        <ErrorState error={query.error} title="The sessions could not be loaded" onRetry={() => void query.refetch()} />
      )}
      {query.data?.items.length === 0 && (
        <p className="text-ink-3">No browser is signed in; this page uses a token directly.</p>
      )}
      {query.data && query.data.items.length > 0 && (
        <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
          {query.data.items.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
    </section>
  );
}

function SessionRow({ session }: { session: Session }) {
  const cache = useQueryClient();
  const now = useNow();
  const revoke = useMutation({
    mutationFn: () =>
      call(client.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: session.id } } })),
    onSuccess() {
      cache.setQueryData<Page<Session>>(keys.sessions, (page) =>
        page
          ? { items: page.items.filter((item) => item.id !== session.id), total: Math.max(page.total - 1, 0) }
          : page,
      );
      notifySuccess("Session ended");
    },
    onError: (error) => notifyError("The session was not ended", { description: messageOf(error) }),
  });
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <MonitorSmartphone size={18} className="shrink-0 text-ink-3" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {describeBrowser(session.user_agent)}
          {session.current && <Badge tone="ok">This browser</Badge>}
        </p>
        <p className="text-xs text-ink-3">
          {session.client_address && `${session.client_address} · `}
          used <RelativeTime value={session.last_used_at} /> · ends {shortDate(parseTime(session.expires_at), now)}
        </p>
      </div>
      <Button
        size="sm"
        busy={revoke.isPending}
        reason={session.current ? "Sign out instead, from the user menu." : null}
        onClick={() => revoke.mutate()}
        aria-label={`End session of ${describeBrowser(session.user_agent)}`}
      >
        End
      </Button>
    </li>
  );
}
