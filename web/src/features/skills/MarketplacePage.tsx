import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, linkOptions } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, ExternalLink, Lock, Network, Plus, Puzzle, X } from "lucide-react";
import { gatewaysQuery } from "@/api/queries/gateways";
import { packsQuery, skillFacetsQuery, skillsQuery } from "@/api/queries/skills";
import type { Pack, SkillCard } from "@/api/types";
import { Badge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { Button } from "@/components/ui/Button";
import { Select } from "@/components/ui/Select";
import { AdminsOnly } from "@/features/session/AdminsOnly";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { formatCount } from "@/lib/format";
import { useTitle } from "@/lib/title";
import { AddSkillDialog } from "./AddSkillDialog";
import { riskTone, sourceLabel, stateOf } from "./describe";
import { SkillDialog } from "./SkillDialog";
import { SkillFilters } from "./SkillFilters";
import { SkillTabs } from "./SkillTabs";
import { DEFAULT_LIMIT, filterOf, isFiltered, type MarketplaceSearch, PAGE_SIZES, pageOf } from "./search";

const route = getRouteApi("/shell/skills/marketplace");

/** The skills that the organization's gateways can install. */
export function MarketplacePage() {
  useTitle("Skills");
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  return (
    <>
      <PageHeader
        actions={
          <Button
            variant="primary"
            icon={<Plus size={15} />}
            reason={admin.reason}
            onClick={() => void navigate({ search: (previous) => ({ ...previous, add: true }) })}
          >
            Add skill
          </Button>
        }
      >
        <PageTitle>Skills</PageTitle>
      </PageHeader>
      <SkillTabs active="marketplace" />
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <AdminsOnly
          icon={<Lock size={20} />}
          title="Skills are looked after by administrators"
          note="Skills are what agents can do."
        >
          <Marketplace />
        </AdminsOnly>
      </div>
    </>
  );
}

function Marketplace() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const gateways = useQuery(gatewaysQuery);
  const packs = useQuery(packsQuery).data ?? [];
  const gateway = gateways.data?.items[0];
  const query = useQuery({ ...skillsQuery(pageOf(search, gateway?.id ?? "")), enabled: Boolean(gateway) });
  const facets = useQuery(skillFacetsQuery(filterOf(search)));
  // Everything but the page itself begins at the first page again.
  const set = (changes: Partial<MarketplaceSearch>, replace = true) =>
    void navigate({ search: (previous) => ({ ...previous, page: undefined, ...changes }), replace });
  const close = () =>
    void navigate({ search: (previous) => ({ ...previous, skill: undefined, add: undefined }), replace: true });
  const rows = query.data?.items;
  const open = rows?.find((skill) => skill.id === search.skill);

  return (
    <div className="mx-auto max-w-6xl">
      {gateways.error && !gateways.data ? (
        <ErrorState
          error={gateways.error}
          title="The gateways could not be loaded"
          onRetry={() => void gateways.refetch()}
        />
      ) : gateways.data && !gateway ? (
        <NoGateway known={facets.data?.total ?? 0} />
      ) : (
        <>
          <SkillFilters search={search} facets={facets.data} packs={packs} onChange={set} />
          <DataTable
            label="Skills"
            rows={rows}
            columns={columns(packs)}
            rowKey={(skill) => skill.id}
            link={(skill) => linkOptions({ to: "/skills/marketplace", search: { ...search, skill: skill.id } })}
            sort={search.sort}
            onSort={(sort) => set({ sort })}
            sortedByServer
            error={query.error}
            onRetry={() => void query.refetch()}
            empty={
              <Nothing
                search={search}
                packs={packs}
                total={facets.data?.total}
                onClear={() => set({ search: undefined, category: undefined, risk: undefined, packId: undefined })}
              />
            }
          />
          {query.data && <Pager search={search} total={query.data.total} onChange={set} />}
        </>
      )}
      <SkillDialog skill={open} gateways={gateways.data?.items ?? []} onClose={close} />
      <AddSkillDialog open={search.add === true} onClose={close} />
    </div>
  );
}

function columns(packs: Pack[]): Column<SkillCard>[] {
  return [
    {
      id: "name",
      header: "Skill",
      sortBy: (skill) => skill.name,
      cell: (skill) => (
        <span className="block min-w-0">
          <span className="block truncate font-medium">{skill.name}</span>
          {skill.description && (
            <span className="block truncate text-xs font-normal text-ink-3">{skill.description}</span>
          )}
          {skill.vanished_at && <span className="text-xs text-warn">Its pack does not list it any more</span>}
        </span>
      ),
    },
    {
      id: "source",
      header: "Pack",
      sortBy: (skill) => skill.source_url,
      width: "14rem",
      hideBelow: "medium",
      cell: (skill) => {
        const pack = packs.find((entry) => entry.id === skill.pack_id);
        return pack ? (
          <Link
            to="/skills/packs"
            search={{ source_url: pack.source_url }}
            className="relative z-[1] text-accent-text hover:underline"
          >
            {pack.name}
          </Link>
        ) : (
          <a
            href={skill.source_url}
            target="_blank"
            rel="noopener noreferrer"
            className="relative z-[1] inline-flex items-center gap-1 text-accent-text hover:underline"
          >
            {sourceLabel(skill.source_url)}
            <ExternalLink size={11} aria-hidden="true" />
          </a>
        );
      },
    },
    {
      id: "category",
      header: "Category",
      sortBy: (skill) => skill.category,
      width: "9rem",
      hideBelow: "narrow",
      cell: (skill) => skill.category || <None />,
    },
    {
      id: "risk",
      header: "Risk",
      sortBy: (skill) => skill.risk,
      width: "7rem",
      phone: "corner",
      cell: (skill) => (skill.risk ? <Badge tone={riskTone(skill.risk)}>{skill.risk}</Badge> : <None />),
    },
    { id: "installed", header: "Gateways", width: "11rem", cell: (skill) => <Installations skill={skill} /> },
    {
      id: "updated_at",
      header: "Changed",
      sortBy: (skill) => skill.updated_at,
      width: "7rem",
      hideBelow: "medium",
      phone: "hidden",
      cell: (skill) => <RelativeTime value={skill.updated_at} className="text-ink-3" />,
    },
  ];
}

function None() {
  return (
    <span className="text-ink-3">
      <span aria-hidden="true">–</span>
      <span className="sr-only">none</span>
    </span>
  );
}

function Installations({ skill }: { skill: SkillCard }) {
  if (skill.installations.length === 0) return <None />;
  return (
    <span className="flex flex-wrap gap-1">
      {skill.installations.map((installation) => (
        <Badge key={installation.gateway_id} tone={stateOf(installation).tone}>
          <span className="max-w-28 truncate">{installation.gateway_name}</span>
          <span className="sr-only">: {stateOf(installation).label}</span>
        </Badge>
      ))}
    </span>
  );
}

function Pager({
  search,
  total,
  onChange,
}: {
  search: MarketplaceSearch;
  total: number;
  onChange: (changes: Partial<MarketplaceSearch>) => void;
}) {
  const limit = search.limit ?? DEFAULT_LIMIT;
  const page = search.page ?? 1;
  const last = Math.max(1, Math.ceil(total / limit));
  if (total <= PAGE_SIZES[0] && page === 1) return null;
  const first = (page - 1) * limit + 1;
  return (
    <nav aria-label="Pages" className="mt-3 flex flex-wrap items-center gap-2 text-ink-2">
      <span className="tabular-nums">
        {first > total ? "Nothing here" : `${formatCount(first)} to ${formatCount(Math.min(page * limit, total))}`} of{" "}
        {formatCount(total)}
      </span>
      <Select
        label="Rows of a page"
        value={String(limit)}
        options={PAGE_SIZES.map((size) => ({ value: String(size), label: `${size} a page` }))}
        onChange={(size) => {
          const chosen = PAGE_SIZES.find((entry) => String(entry) === size);
          onChange({ limit: chosen === DEFAULT_LIMIT ? undefined : chosen });
        }}
        className="ml-auto w-32"
      />
      <Button
        icon={<ChevronLeft size={14} />}
        reason={page > 1 ? null : "This is the first page."}
        onClick={() => onChange({ page: page > 2 ? Math.min(page - 1, last) : undefined })}
      >
        Back
      </Button>
      <Button reason={page < last ? null : "This is the last page."} onClick={() => onChange({ page: page + 1 })}>
        Next
        <ChevronRight size={14} aria-hidden="true" />
      </Button>
    </nav>
  );
}

function NoGateway({ known }: { known: number }) {
  return (
    <EmptyState
      icon={<Network size={20} />}
      title="No gateway to install skills on"
      action={
        <Link to="/gateways" className="font-medium text-accent-text underline underline-offset-2">
          To the gateways
        </Link>
      }
    >
      {known > 0 ? `${formatCount(known)} skills are listed. ` : ""}Skills are installed where agents of OpenClaw live.
      Add a gateway first.
    </EmptyState>
  );
}

function Nothing({
  search,
  packs,
  total,
  onClear,
}: {
  search: MarketplaceSearch;
  packs: Pack[];
  total: number | undefined;
  onClear: () => void;
}) {
  const icon = <Puzzle size={20} />;
  if (isFiltered(search) || search.page) {
    return (
      <EmptyState
        icon={icon}
        title="No skill matches the filters"
        action={
          <Button icon={<X size={14} />} onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        {total ? `${formatCount(total)} skills are hidden by them.` : "Without them there may be some."}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={icon}
      title="No skills yet"
      action={
        <Link to="/skills/packs" className="font-medium text-accent-text underline underline-offset-2">
          {packs.length > 0 ? "Sync the packs" : "Add a pack"}
        </Link>
      }
    >
      A skill is a folder with instructions that makes agents able to do something. Packs are repositories that list
      many of them; a single one can be added by its address.
    </EmptyState>
  );
}
