import { useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions } from "@tanstack/react-router";
import { Crown, Ellipsis, SlidersHorizontal, UserMinus, UsersRound } from "lucide-react";
import { useState } from "react";
import { membersQuery } from "@/api/queries/organization";
import type { Member } from "@/api/types";
import { Badge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { SearchField } from "@/components/SearchField";
import { IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { initial } from "@/lib/initial";
import { notifySuccess } from "@/lib/notify";
import { accessSummary } from "./access";
import { useHandOver, useRemoveMember } from "./mutations";
import { memberName, ROLES, removeReason, roleLabel } from "./rules";

const route = getRouteApi("/shell/organization");
const TONES = { owner: "accent", admin: "ok", member: "neutral" } as const;

/** Everybody who belongs to the organization. */
export function MemberList({ own, owners }: { own: Member | undefined; owners: number }) {
  const search = route.useSearch();
  const { q = "", sort } = search;
  const navigate = route.useNavigate();
  const query = useQuery(membersQuery);
  const isAdmin = own?.role === "admin" || own?.role === "owner";
  const wanted = q.trim().toLowerCase();
  const all = query.data?.items;
  const rows = all?.filter((member) => `${memberName(member)} ${member.user?.email}`.toLowerCase().includes(wanted));
  const columns: Column<Member>[] = [
    {
      id: "name",
      header: "Member",
      sortBy: memberName,
      cell: (member) => <Person member={member} isOwn={member.id === own?.id} />,
    },
    {
      id: "role",
      header: "Role",
      width: "9.5rem",
      phone: "corner",
      sortBy: ({ role }) => ROLES.findIndex((entry) => entry.value === role),
      cell: ({ role }) => <Badge tone={TONES[role]}>{roleLabel(role)}</Badge>,
    },
    { id: "access", header: "Access", width: "14rem", sortBy: accessSummary, cell: accessSummary, hideBelow: "narrow" },
    {
      id: "joined",
      header: "Joined",
      width: "8rem",
      hideBelow: "medium",
      sortBy: ({ created_at }) => created_at,
      cell: ({ created_at }) => <RelativeTime value={created_at} />,
    },
  ];
  return (
    <section aria-labelledby="members">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2 id="members" className="text-base font-semibold">
            Members & invites
          </h2>
          <p className="text-ink-2">
            {query.data
              ? `${query.data.total} ${query.data.total === 1 ? "person belongs" : "people belong"} to this organization. Roles give no rights on boards; access does.`
              : " "}
          </p>
        </div>
        {(all?.length ?? 0) > 5 && (
          <SearchField
            label="Find a member"
            placeholder="Find a member…"
            value={search.q ?? ""}
            onChange={(q) =>
              void navigate({ search: (previous) => ({ ...previous, q: q || undefined }), replace: true })
            }
            className="w-56 max-md:w-full"
          />
        )}
      </div>
      <DataTable
        label="Members"
        rows={rows}
        columns={columns}
        rowKey={(member) => member.id}
        // Others than administrators may read their own membership only.
        link={
          isAdmin
            ? (member) => linkOptions({ to: "/organization", search: { ...search, member: member.id } })
            : undefined
        }
        actions={(member) => (own && isAdmin ? <MemberMenu member={member} own={own} owners={owners} /> : null)}
        sort={sort}
        defaultSort="name"
        onSort={(next) => void navigate({ search: (search) => ({ ...search, sort: next }), replace: true })}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={
          <EmptyState icon={<UsersRound size={20} />} title="Nobody has this name">
            No member’s name or address contains “{q}”.
          </EmptyState>
        }
      />
      {query.data && query.data.items.length < query.data.total && (
        <p className="mt-2 text-xs text-ink-3">
          The first {query.data.items.length} of {query.data.total} members are shown.
        </p>
      )}
    </section>
  );
}

function Person({ member, isOwn }: { member: Member; isOwn: boolean }) {
  const name = memberName(member);
  const email = member.user?.email;
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <span
        className="grid size-7 shrink-0 place-items-center rounded-full bg-hover text-xs font-semibold text-ink-2"
        aria-hidden="true"
      >
        {initial(name)}
      </span>
      <span className="min-w-0">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          {isOwn && <Badge>You</Badge>}
        </span>
        {email && email !== name && <span className="block truncate text-xs text-ink-3">{email}</span>}
      </span>
    </span>
  );
}

function MemberMenu({ member, own, owners }: { member: Member; own: Member; owners: number }) {
  const navigate = route.useNavigate();
  const [asking, setAsking] = useState<"remove" | "hand-over" | null>(null);
  const remove = useRemoveMember(member.id);
  const handOver = useHandOver();
  const name = memberName(member);
  const removal = removeReason(own, member, owners);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={`Actions for ${name}`} size="sm">
            <Ellipsis size={16} />
          </IconButton>
        }
      >
        <MenuItem
          icon={<SlidersHorizontal size={15} />}
          onClick={() => void navigate({ search: (search) => ({ ...search, member: member.id }) })}
        >
          Role and access…
        </MenuItem>
        {own.role === "owner" && own.id !== member.id && (
          <MenuItem icon={<Crown size={15} />} onClick={() => setAsking("hand-over")}>
            Hand the organization over…
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem
          danger={!removal}
          icon={<UserMinus size={15} />}
          disabled={Boolean(removal)}
          note={removal}
          onClick={() => setAsking("remove")}
        >
          Remove…
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={asking === "remove"}
        onClose={() => setAsking(null)}
        title={`Remove ${name}?`}
        action="Remove member"
        onConfirm={async () => {
          await remove.mutateAsync();
          notifySuccess(`Removed “${name}”`);
        }}
      >
        <p>{name} loses every right in this organization at once, and open pages end.</p>
        <p>What {name} wrote stays. A new invite brings the person back, with the rights that it names.</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "hand-over"}
        onClose={() => setAsking(null)}
        title={`Hand the organization over to ${name}?`}
        action="Hand over"
        typeToConfirm={name}
        onConfirm={async () => {
          await handOver.mutateAsync(member.id);
          notifySuccess(`${name} is an owner now`);
        }}
      >
        <p>
          {name} becomes an owner, and you become an administrator. Only an owner can name you one again or delete the
          organization.
        </p>
      </ConfirmDialog>
    </>
  );
}
