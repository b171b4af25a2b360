import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions } from "@tanstack/react-router";
import { ScrollText, ShieldAlert, X } from "lucide-react";
import { useMemo } from "react";
import { agentsQuery } from "@/api/queries/agents";
import { auditQuery } from "@/api/queries/audit";
import { membersQuery } from "@/api/queries/organization";
import type { AuditEntry } from "@/api/types";
import { Badge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { OlderButton } from "@/components/OlderButton";
import { RelativeTime } from "@/components/RelativeTime";
import { SearchField } from "@/components/SearchField";
import { Button } from "@/components/ui/Button";
import { Combobox } from "@/components/ui/Combobox";
import { Select } from "@/components/ui/Select";
import { memberName } from "@/features/organization/rules";
import { AdminsOnly } from "@/features/session/AdminsOnly";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useNow } from "@/lib/now";
import { useTitle } from "@/lib/title";
import { AuditExport } from "./AuditExport";
import { AUDIT_GROUPS, actorOf, titleOf, toneOf } from "./describe";
import { EntrySheet } from "./EntrySheet";
import { type AuditSearch, auditFilter, RANGES } from "./search";

const route = getRouteApi("/shell/audit");

const COLUMNS: Column<AuditEntry>[] = [
  {
    id: "what",
    header: "What",
    cell: (entry) => (
      <span className="block min-w-0">
        <span className="block truncate font-medium">{entry.message || titleOf(entry.kind)}</span>
      </span>
    ),
  },
  {
    id: "kind",
    header: "Kind",
    width: "12rem",
    hideBelow: "narrow",
    phone: "hidden",
    cell: ({ kind }) => <Badge tone={toneOf(kind)}>{titleOf(kind)}</Badge>,
  },
  { id: "actor", header: "Who", width: "11rem", cell: actorOf },
  {
    id: "address",
    header: "From",
    width: "9rem",
    hideBelow: "medium",
    phone: "hidden",
    cell: ({ client_address }) => <code className="font-mono text-xs text-ink-2">{client_address ?? "—"}</code>,
  },
  {
    id: "time",
    header: "When",
    width: "8rem",
    cell: ({ created_at }) => <RelativeTime value={created_at} />,
  },
];

/** Who did what that matters for security, the newest first. */
export function AuditPage() {
  useTitle("Audit log");
  return (
    <>
      <PageHeader>
        <PageTitle>Audit log</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-6xl">
          <AdminsOnly
            icon={<ShieldAlert size={20} />}
            title="The audit log is for administrators"
            note="It tells who signed in, who changed rights, secrets and gateways, and who decided."
          >
            <AuditLog />
          </AdminsOnly>
        </div>
      </div>
    </>
  );
}

function AuditLog() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const filter = useMemo(() => auditFilter(search, now), [search, now]);
  const query = useInfiniteQuery({ ...auditQuery(filter), placeholderData: keepPreviousData });
  const entries = query.data?.pages.flatMap((page) => page.items);
  const total = query.data?.pages[0]?.total ?? 0;
  const { entry: open, ...filters } = search;
  const filtered = Object.keys(filters).length > 0;
  const set = (changes: AuditSearch) =>
    void navigate({ search: (previous) => ({ ...previous, ...changes }), replace: true });
  return (
    <>
      <p className="mb-3 text-ink-2">
        Sign-ins, rights, secrets, gateways, approvals and administrative acts. The database lets nobody change an
        entry.
      </p>
      <search className="mb-3 flex flex-wrap items-center gap-2">
        <SearchField
          label="Find in the audit log"
          placeholder="Find a name or a word…"
          className="w-56 max-md:w-full"
          value={search.q ?? ""}
          onChange={(q) => set({ q: q || undefined })}
        />
        <Select
          label="Kind"
          className="w-48 max-md:flex-1"
          value={search.subject ?? ""}
          options={[{ value: "", label: "Every kind" }, ...AUDIT_GROUPS]}
          onChange={(subject) => set({ subject: subject || undefined })}
        />
        <ActorChoice value={search.actor} onChange={(actor) => set({ actor })} />
        <Select
          label="Time"
          className="w-40 max-md:flex-1"
          value={search.period ?? ""}
          options={[{ value: "", label: "All time" }, ...RANGES]}
          onChange={(period) => set({ period: period || undefined })}
        />
        {search.target && (
          <Button size="sm" icon={<X size={14} />} onClick={() => set({ target: undefined })}>
            About one thing only
          </Button>
        )}
        {filtered && (
          <Button variant="ghost" size="sm" onClick={() => void navigate({ search: {}, replace: true })}>
            Clear filters
          </Button>
        )}
        <span className="ml-auto flex items-center gap-3 max-md:ml-0">
          {query.data && (
            <span className="text-xs text-ink-3 tabular-nums" role="status">
              {total} {total === 1 ? "entry" : "entries"}
            </span>
          )}
          <AuditExport filter={filter} empty={total === 0} />
        </span>
      </search>
      <DataTable
        label="Audit log"
        rows={entries}
        columns={COLUMNS}
        rowKey={(entry) => entry.id}
        link={(entry) => linkOptions({ to: "/audit", search: { ...search, entry: entry.id } })}
        sortedByServer
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={
          <EmptyState icon={<ScrollText size={20} />} title={filtered ? "Nothing matches the filters" : "Nothing yet"}>
            {filtered ? "Try with fewer filters, or a longer time." : "Sign-ins and administrative acts appear here."}
          </EmptyState>
        }
      />
      <OlderButton query={query} what="entries" />
      <EntrySheet
        entry={entries?.find(({ id }) => id === open)}
        missing={Boolean(open) && !query.isPending}
        open={Boolean(open)}
        onClose={() => void navigate({ search: filters })}
      />
    </>
  );
}

/** Chooses a person or an agent; who has left is found by name. */
function ActorChoice({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (actor: string | undefined) => void;
}) {
  const members = useQuery(membersQuery).data?.items ?? [];
  const agents = useQuery(agentsQuery).data?.items ?? [];
  const options = [
    ...members.map((member) => ({ value: member.user_id, label: memberName(member), note: member.user?.email })),
    ...agents.map((agent) => ({ value: agent.id, label: agent.name, note: "Agent" })),
  ];
  const known = options.some((option) => option.value === value);
  return (
    <Combobox
      label="Who"
      className="w-44 max-md:flex-1"
      none="Everybody"
      value={value ?? null}
      options={known || !value ? options : [...options, { value, label: "Somebody who has left" }]}
      onChange={(actor) => onChange(actor ?? undefined)}
    />
  );
}
