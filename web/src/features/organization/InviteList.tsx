import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { MailPlus, ShieldAlert, Undo2 } from "lucide-react";
import { useState } from "react";
import { invitesQuery } from "@/api/queries/organization";
import type { Invite } from "@/api/types";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import type { Permission } from "@/features/session/permissions";
import { notifySuccess } from "@/lib/notify";
import { useNow } from "@/lib/now";
import { parseTime } from "@/lib/time";
import { accessSummary } from "./access";
import { inviteLink } from "./inviteLink";
import { useRevokeInvite } from "./mutations";
import { ROLES, roleLabel } from "./rules";

const route = getRouteApi("/shell/organization");

/** The invites that nobody has accepted yet. */
export function InviteList({ admin }: { admin: Permission }) {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const query = useQuery({ ...invitesQuery, enabled: admin.allowed });
  if (admin.known && !admin.allowed) {
    return (
      <EmptyState icon={<ShieldAlert size={20} />} title="Invites are looked after by administrators">
        {admin.reason} Ask one of them to invite somebody.
      </EmptyState>
    );
  }
  const isOver = (invite: Invite) => parseTime(invite.expires_at) <= now;
  const columns: Column<Invite>[] = [
    {
      id: "email",
      header: "Invited",
      sortBy: ({ invited_email }) => invited_email,
      cell: ({ invited_email }) => <span className="font-medium">{invited_email}</span>,
    },
    {
      id: "role",
      header: "Role",
      width: "9.5rem",
      phone: "corner",
      sortBy: ({ role }) => ROLES.findIndex((entry) => entry.value === role),
      cell: ({ role }) => <Badge>{roleLabel(role)}</Badge>,
    },
    { id: "access", header: "Access", width: "14rem", sortBy: accessSummary, cell: accessSummary, hideBelow: "narrow" },
    {
      id: "expires",
      header: "Ends",
      width: "8rem",
      sortBy: ({ expires_at }) => expires_at,
      cell: (invite) =>
        isOver(invite) ? <Badge tone="warn">Expired</Badge> : <RelativeTime value={invite.expires_at} />,
    },
    {
      id: "link",
      header: "Link",
      width: "8rem",
      cell: (invite) =>
        invite.token && !isOver(invite) ? (
          <CopyButton
            text={inviteLink(invite.token, location.origin)}
            label={`Copy the invite link for ${invite.invited_email}`}
          >
            Copy link
          </CopyButton>
        ) : (
          <span className="text-ink-3">—</span>
        ),
    },
  ];
  return (
    <section aria-labelledby="invites">
      <h2 id="invites" className="text-base font-semibold">
        Members & invites
      </h2>
      <p className="mb-3 text-ink-2">
        Links that wait to be accepted. The server sends no e-mail: pass them on yourself.
      </p>
      <DataTable
        label="Invites"
        rows={query.data?.items}
        columns={columns}
        rowKey={(invite) => invite.id}
        actions={(invite) => <RevokeInvite invite={invite} />}
        sort={sort}
        onSort={(next) => void navigate({ search: (search) => ({ ...search, sort: next }), replace: true })}
        error={query.error}
        onRetry={() => void query.refetch()}
        empty={
          <EmptyState icon={<MailPlus size={20} />} title="Nobody is waiting">
            An invite is a link for one e-mail address. Whoever signs in with that address and opens the link becomes a
            member with the role and the rights that you have chosen.
          </EmptyState>
        }
      />
    </section>
  );
}

function RevokeInvite({ invite }: { invite: Invite }) {
  const [asking, setAsking] = useState(false);
  const revoke = useRevokeInvite();
  return (
    <>
      <IconButton label={`Revoke the invite of ${invite.invited_email}`} size="sm" onClick={() => setAsking(true)}>
        <Undo2 size={15} />
      </IconButton>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Revoke the invite of ${invite.invited_email}?`}
        action="Revoke invite"
        onConfirm={async () => {
          await revoke.mutateAsync(invite.id);
          notifySuccess("Invite revoked");
        }}
      >
        <p>The link stops working. You can invite the same address again at any time.</p>
      </ConfirmDialog>
    </>
  );
}
