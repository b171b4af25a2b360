import { useQuery } from "@tanstack/react-query";
import { serverLink } from "@/api/origin";
import { backupsQuery } from "@/api/queries/system";
import { Badge } from "@/components/Badge";
import { ErrorState } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { Property, PropertyList } from "@/components/PropertyList";
import { RelativeTime } from "@/components/RelativeTime";
import { formatBytes } from "@/lib/format";

const SHOWN = 5;

/** When the database was last backed up, and when a backup was last tried. */
export function Backups() {
  const query = useQuery(backupsQuery);
  const backups = query.data;
  const docs = (
    <a className="text-accent-text underline underline-offset-2" href={serverLink("/help/backup")}>
      How backups work
    </a>
  );
  return (
    <Panel title="Backups" action={docs}>
      {query.error && !backups && (
        <ErrorState error={query.error} title="The backups could not be loaded" onRetry={() => void query.refetch()} />
      )}
      {query.isPending && <div role="status" aria-label="Loading the backups" className="skeleton h-20 w-full" />}
      {backups && (
        <>
          <PropertyList>
            <Property label="Last backup">
              {backups.last_backup_at ? (
                <>
                  <RelativeTime value={backups.last_backup_at} />
                  {backups.last_backup_bytes ? `, ${formatBytes(backups.last_backup_bytes)}` : ""}
                </>
              ) : (
                "never"
              )}
              {backups.backup_failing && <Failing />}
            </Property>
            <Property label="Last trial">
              {backups.last_drill_at ? <RelativeTime value={backups.last_drill_at} /> : "never"}
              {backups.drill_failing && <Failing />}
            </Property>
          </PropertyList>
          {!backups.last_backup_at && (
            <p className="mt-3 text-xs text-ink-3">
              To make one now, while the server runs:{" "}
              <code className="font-mono text-ink-2">mission-control backup</code>
            </p>
          )}
          {backups.items.length > 0 && (
            <ul aria-label="Newest backups and trials" className="mt-3 divide-y divide-line border-t border-line">
              {backups.items.slice(0, SHOWN).map((run) => (
                <li key={run.id} className="flex items-center gap-3 py-1.5 text-xs">
                  <Badge tone={run.succeeded ? "ok" : "danger"}>{run.action === "drill" ? "Trial" : "Backup"}</Badge>
                  <span className="min-w-0 flex-1 truncate text-ink-2" title={run.detail}>
                    {run.file_name ?? run.detail}
                  </span>
                  <RelativeTime value={run.finished_at} className="text-ink-3" />
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Panel>
  );
}

function Failing() {
  return (
    <span className="ml-2">
      <Badge tone="danger">newest attempt failed</Badge>
    </span>
  );
}
