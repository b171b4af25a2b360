import { useQuery } from "@tanstack/react-query";
import { RefreshCw, Terminal } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { sessionQueryOf } from "@/api/queries/gateways";
import type { SessionRow } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Composer } from "@/components/Composer";
import { Meter } from "@/components/charts/Meter";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { IconButton } from "@/components/ui/Button";
import { Switch } from "@/components/ui/Switch";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { formatShort } from "@/lib/format";
import { useSay } from "./mutations";
import { Transcript } from "./Transcript";
import { entriesOf, factsOf } from "./transcript";

interface SessionViewProps {
  gateway: string;
  session: string;
  /** Who it is that speaks in the session. */
  name: string;
}

/** A session on a gateway: what was said and done in it, how full it is, and a way to say something. */
export function SessionView({ gateway, session, name }: SessionViewProps) {
  const [follow, setFollow] = useState(true);
  const query = useQuery(sessionQueryOf(gateway, session, follow));
  const say = useSay(gateway, session);
  const admin = useOrganizationAdmin();
  if (query.isPending) return <ListSkeleton label="Asking the gateway for the session" />;
  if (!query.data) {
    return (
      <ErrorState
        error={query.error}
        title={
          query.error instanceof ApiError && query.error.status === 502
            ? "The gateway does not answer"
            : "The session could not be read"
        }
        onRetry={() => void query.refetch()}
      />
    );
  }
  const entries = entriesOf(query.data.history);
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {query.data.session && <Facts row={query.data.session} />}
        <div className="ml-auto flex items-center gap-2">
          {query.error && <span className="text-xs text-warn">The gateway does not answer now</span>}
          <span className="text-xs text-ink-3">
            read <RelativeTime value={new Date(query.dataUpdatedAt).toISOString()} />
          </span>
          <IconButton label="Read again" size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
            <RefreshCw size={14} />
          </IconButton>
          <Switch label="Follow" checked={follow} onChange={setFollow} />
        </div>
      </div>
      {entries.length === 0 ? (
        <EmptyState icon={<Terminal size={20} />} title="Nothing was said yet">
          {name} begins its session when it is woken for the first time.
        </EmptyState>
      ) : (
        <Transcript entries={entries} name={name} follow={follow} />
      )}
      <Composer
        draftKey={`session.${session}`}
        label={`Message to ${name}`}
        placeholder={`Say something to ${name}… It wakes it and costs a call of its model.`}
        action="Send"
        reason={admin.reason}
        onSend={(text) => say.mutateAsync(text)}
      />
    </div>
  );
}

function Facts({ row }: { row: SessionRow }) {
  const facts = factsOf(row);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-2">
      <Badge tone={facts.running ? "accent" : "neutral"}>{facts.running ? "At work" : "At rest"}</Badge>
      {facts.model && <span>{facts.model}</span>}
      {facts.window !== null && facts.used !== null && (
        <span className="flex items-center gap-2">
          <Meter
            label="Context used"
            value={facts.used}
            max={facts.window}
            text={`${formatShort(facts.used)} of ${formatShort(facts.window)} tokens`}
            className="w-24"
          />
          <span className="text-xs text-ink-3 tabular-nums">
            {formatShort(facts.used)} / {formatShort(facts.window)} tokens
          </span>
        </span>
      )}
    </div>
  );
}
