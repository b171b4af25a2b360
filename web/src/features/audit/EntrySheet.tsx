import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import type { AuditEntry } from "@/api/types";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { Property, PropertyList } from "@/components/PropertyList";
import { Sheet } from "@/components/ui/Sheet";
import { useNow } from "@/lib/now";
import { fullTime, parseTime, relativeTime } from "@/lib/time";
import { actorOf, type Detail, detailsOf, titleOf, toneOf } from "./describe";

interface EntrySheetProps {
  entry: AuditEntry | undefined;
  /** The entries are loaded, and the one in the address is not among them. */
  missing: boolean;
  open: boolean;
  onClose: () => void;
}

/** All that one entry tells. */
export function EntrySheet({ entry, missing, open, onClose }: EntrySheetProps) {
  return (
    <Sheet open={open} onClose={onClose} title={entry ? titleOf(entry.kind) : "Entry"}>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">
        {entry ? (
          <Entry entry={entry} />
        ) : (
          missing && (
            <p className="text-ink-2">
              This entry is not among those that are loaded. Load older entries, or clear the filters; entries also go
              when their time is over.
            </p>
          )
        )}
      </div>
    </Sheet>
  );
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function Entry({ entry }: { entry: AuditEntry }) {
  const now = useNow();
  const time = parseTime(entry.created_at);
  const details = detailsOf(entry);
  return (
    <div className="space-y-5">
      {entry.message && <p className="text-base font-medium">{entry.message}</p>}
      <PropertyList>
        <Property label="Kind">
          <Badge tone={toneOf(entry.kind)}>{entry.kind}</Badge>
        </Property>
        <Property label="Who">
          {actorOf(entry)} {entry.actor_kind === "agent" && <span className="text-ink-3">(agent)</span>}
        </Property>
        <Property label="When">
          {fullTime(time)} <span className="text-ink-3">({relativeTime(time, now)})</span>
        </Property>
        <Property label="From">
          {entry.client_address && <code className="font-mono">{entry.client_address}</code>}
        </Property>
        <Property label="Request">
          {entry.request_id && (
            <span className="inline-flex max-w-full items-center gap-1">
              <code className="truncate font-mono text-xs">{entry.request_id}</code>
              <CopyButton text={entry.request_id} label="Copy the request id" />
            </span>
          )}
        </Property>
      </PropertyList>
      {details.length > 0 && (
        <section aria-labelledby="details">
          <h3 id="details" className="mb-2 text-sm font-semibold">
            Details
          </h3>
          <PropertyList>
            {details.map((detail) => (
              <Property key={detail.name} label={detail.name}>
                <Value detail={detail} />
              </Property>
            ))}
          </PropertyList>
        </section>
      )}
    </div>
  );
}

function Value({ detail: { before, after } }: { detail: Detail }) {
  if (before !== undefined) {
    return (
      <span className="inline-flex flex-wrap items-center gap-1.5">
        <del className="text-ink-3">
          <span className="sr-only">before: </span>
          {before}
        </del>
        <ArrowRight size={13} className="text-ink-3" aria-hidden="true" />
        <ins className="font-medium no-underline">
          <span className="sr-only">after: </span>
          {after}
        </ins>
      </span>
    );
  }
  if (!ID.test(after)) return <span className="break-words">{after}</span>;
  return (
    <Link
      to="/audit"
      search={{ target: after }}
      className="font-mono text-xs break-all text-accent-text underline underline-offset-2"
      title="Everything that was done to it"
    >
      {after}
    </Link>
  );
}
