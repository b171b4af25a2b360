import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { EllipsisVertical, Lock, Package, Plus, RefreshCw, X } from "lucide-react";
import { useState } from "react";
import { packsQuery } from "@/api/queries/skills";
import type { Pack } from "@/api/types";
import { Badge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { AdminsOnly } from "@/features/session/AdminsOnly";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { sourceLabel } from "./describe";
import { type SyncOutcome, useDeletePack, useSyncPacks } from "./mutations";
import { PackDialog } from "./PackDialog";
import { SkillTabs } from "./SkillTabs";
import { SyncReport } from "./SyncReport";

const route = getRouteApi("/shell/skills/packs");

/** The repositories that list skills. */
export function PacksPage() {
  useTitle("Skill packs");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const query = useQuery({ ...packsQuery, enabled: admin.allowed });
  const [outcomes, setOutcomes] = useState<SyncOutcome[]>([]);
  const [running, setRunning] = useState<string[]>([]);
  const [deleting, setDeleting] = useState<Pack | null>(null);
  const remove = useDeletePack();
  const sync = useSyncPacks((outcome) => {
    setRunning((ids) => ids.filter((id) => id !== outcome.pack.id));
    setOutcomes((before) => [...before, outcome]);
  });
  const packs = query.data?.filter((pack) => !search.source_url || sameAddress(pack.source_url, search.source_url));
  const edited = query.data?.find((pack) => pack.id === search.edit);
  const edit = (id: string | undefined) =>
    void navigate({ search: (previous) => ({ ...previous, edit: id }), replace: id === undefined });
  const start = (wanted: Pack[]) => {
    if (sync.isPending || wanted.length === 0) return;
    setOutcomes([]);
    setRunning(wanted.map((pack) => pack.id));
    sync.mutate(wanted);
  };
  const busyReason = sync.isPending ? "A sync is running." : null;
  const syncColumn: Column<Pack> = {
    id: "sync",
    header: "Sync",
    width: "6rem",
    cell: (pack) => (
      <Button
        size="sm"
        aria-label={`Sync ${pack.name}`}
        busy={running.includes(pack.id)}
        reason={running.includes(pack.id) ? null : busyReason}
        onClick={() => start([pack])}
      >
        Sync
      </Button>
    ),
  };

  const syncAll = (className: string) => (
    <Button
      icon={<RefreshCw size={14} />}
      busy={sync.isPending}
      reason={admin.reason ?? (packs?.length ? null : "There is no pack yet.")}
      className={className}
      onClick={() => start(packs ?? [])}
    >
      Sync all
    </Button>
  );

  return (
    <>
      <PageHeader
        actions={
          <>
            {syncAll("max-md:hidden")}
            <Button variant="primary" icon={<Plus size={15} />} reason={admin.reason} onClick={() => edit("new")}>
              New pack
            </Button>
          </>
        }
      >
        <PageTitle>Skill packs</PageTitle>
      </PageHeader>
      <SkillTabs active="packs" />
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-6xl">
          <AdminsOnly
            icon={<Lock size={20} />}
            title="Packs are looked after by administrators"
            note="Packs say what agents can do."
          >
            {/* The header of a phone has no room for it. */}
            <div className="mb-3 flex justify-end md:hidden">{syncAll("")}</div>
            <SyncReport outcomes={outcomes} waiting={running.length} onClose={() => setOutcomes([])} />
            {search.source_url && (
              <p className="mb-3 flex flex-wrap items-center gap-2 text-ink-2">
                Only {sourceLabel(search.source_url)} is shown.
                <Button
                  size="sm"
                  icon={<X size={13} />}
                  onClick={() =>
                    void navigate({ search: (previous) => ({ ...previous, source_url: undefined }), replace: true })
                  }
                >
                  Show all packs
                </Button>
              </p>
            )}
            <DataTable
              label="Skill packs"
              rows={packs}
              columns={[...COLUMNS, syncColumn]}
              rowKey={(pack) => pack.id}
              sort={search.sort}
              defaultSort="name"
              onSort={(sort) => void navigate({ search: (previous) => ({ ...previous, sort }), replace: true })}
              error={query.error}
              onRetry={() => void query.refetch()}
              empty={<Nothing filtered={Boolean(search.source_url)} onAdd={() => edit("new")} reason={admin.reason} />}
              actions={(pack) => (
                <Menu
                  align="end"
                  trigger={
                    <IconButton size="sm" label={`Actions for ${pack.name}`}>
                      <EllipsisVertical size={15} />
                    </IconButton>
                  }
                >
                  <MenuItem onClick={() => edit(pack.id)}>Edit…</MenuItem>
                  <MenuSeparator />
                  <MenuItem danger onClick={() => setDeleting(pack)}>
                    Delete…
                  </MenuItem>
                </Menu>
              )}
            />
          </AdminsOnly>
        </div>
      </div>
      {admin.allowed && (
        <PackDialog
          open={search.edit === "new" || edited !== undefined}
          pack={edited}
          onClose={() => edit(undefined)}
        />
      )}
      {deleting && (
        <ConfirmDialog
          open
          onClose={() => setDeleting(null)}
          title={`Delete “${deleting.name}”?`}
          action="Delete pack"
          onConfirm={async () => {
            await remove.mutateAsync(deleting.id);
            notifySuccess(`Deleted “${deleting.name}”`);
          }}
        >
          <p>Its {deleting.skill_count} skills stay on the list and where they are installed, but are not renewed.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

const COLUMNS: Column<Pack>[] = [
  {
    id: "name",
    header: "Pack",
    sortBy: (pack) => pack.name.toLowerCase(),
    cell: (pack) => (
      <span className="block min-w-0">
        <span className="block truncate font-medium">{pack.name}</span>
        {pack.description && <span className="block truncate text-xs font-normal text-ink-3">{pack.description}</span>}
      </span>
    ),
  },
  {
    id: "source_url",
    header: "Repository",
    sortBy: (pack) => pack.source_url,
    hideBelow: "narrow",
    cell: (pack) => (
      <a
        href={pack.source_url}
        target="_blank"
        rel="noopener noreferrer"
        className="break-all text-accent-text hover:underline"
      >
        {sourceLabel(pack.source_url)}
      </a>
    ),
  },
  {
    id: "branch",
    header: "Branch",
    sortBy: (pack) => pack.branch,
    width: "7rem",
    hideBelow: "medium",
    cell: (pack) => pack.branch,
  },
  {
    id: "skill_count",
    header: "Skills",
    sortBy: (pack) => pack.skill_count,
    align: "right",
    width: "6rem",
    cell: (pack) => (
      <Link
        to="/skills/marketplace"
        search={{ packId: pack.id }}
        className="text-accent-text tabular-nums hover:underline"
      >
        {pack.skill_count}
        <span className="sr-only"> skills of {pack.name}</span>
      </Link>
    ),
  },
  {
    id: "last_synced_at",
    header: "Synced",
    sortBy: (pack) => pack.last_synced_at,
    width: "10rem",
    cell: (pack) => (
      <span className="block">
        {pack.last_synced_at ? <RelativeTime value={pack.last_synced_at} /> : <span className="text-ink-3">Never</span>}
        {pack.last_sync_error && (
          <span className="block" title={pack.last_sync_error}>
            <Badge tone="danger">Failed</Badge>
            <span className="line-clamp-2 text-xs text-danger">{pack.last_sync_error}</span>
          </span>
        )}
      </span>
    ),
  },
];

function sameAddress(a: string, b: string): boolean {
  const plain = (address: string) =>
    address
      .trim()
      .toLowerCase()
      .replace(/(?:\.git)?\/*$/, "");
  return plain(a) === plain(b);
}

function Nothing({ filtered, reason, onAdd }: { filtered: boolean; reason: string | null; onAdd: () => void }) {
  return (
    <EmptyState
      icon={<Package size={20} />}
      title={filtered ? "No pack at this address" : "No packs yet"}
      action={
        <Button variant="primary" icon={<Plus size={15} />} reason={reason} onClick={onAdd}>
          New pack
        </Button>
      }
    >
      A pack is a public repository on GitHub that lists skills. A sync reads it and puts its skills into the
      marketplace.
    </EmptyState>
  );
}
