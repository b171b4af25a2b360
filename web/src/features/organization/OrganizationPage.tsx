import { useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { invitesQuery, membershipQuery, membersQuery, organizationQuery } from "@/api/queries/organization";
import type { Member } from "@/api/types";
import { ErrorState } from "@/components/ErrorState";
import { Tabs } from "@/components/Tabs";
import { Button } from "@/components/ui/Button";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { initial } from "@/lib/initial";
import { useTitle } from "@/lib/title";
import { InviteDialog } from "./InviteDialog";
import { InviteList } from "./InviteList";
import { MemberDialog } from "./MemberDialog";
import { MemberList } from "./MemberList";
import { OrganizationSettings } from "./OrganizationSettings";
import { roleLabel } from "./rules";

const route = getRouteApi("/shell/organization");

/** Who belongs to the organization, who is invited, and what the organization is called. */
export function OrganizationPage() {
  const { tab = "members", member, invite } = route.useSearch();
  const navigate = route.useNavigate();
  const organization = useQuery(organizationQuery);
  const own = useQuery(membershipQuery).data as Member | undefined;
  const admin = useOrganizationAdmin();
  const members = useQuery(membersQuery);
  const invites = useQuery({ ...invitesQuery, enabled: admin.allowed });
  useTitle(tab === "settings" ? "Organization settings" : "Members & invites", organization.data?.name);
  const owners = members.data?.items.filter(({ role }) => role === "owner").length ?? 0;
  const inviteReason = admin.known && !admin.allowed ? "Only administrators can invite members." : admin.reason;
  const close = () => void navigate({ search: ({ member: _m, invite: _i, ...rest }) => rest, replace: true });
  const tabs = [
    {
      label: "Members",
      link: linkOptions({ to: "/organization" }),
      active: tab === "members",
      count: members.data?.total,
    },
    {
      label: "Invites",
      link: linkOptions({ to: "/organization", search: { tab: "invites" } }),
      active: tab === "invites",
      count: invites.data?.total,
    },
    {
      label: "Settings",
      link: linkOptions({ to: "/organization", search: { tab: "settings" } }),
      active: tab === "settings",
    },
  ];
  return (
    <>
      <PageHeader>
        <PageTitle>Organization</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl">
          {organization.error && !organization.data ? (
            <ErrorState
              error={organization.error}
              title="The organization could not be loaded"
              onRetry={() => void organization.refetch()}
            />
          ) : (
            <>
              <div className="mb-4 flex flex-wrap items-center gap-3">
                <span
                  className="grid size-10 shrink-0 place-items-center rounded-lg bg-accent text-lg font-semibold text-accent-ink"
                  aria-hidden="true"
                >
                  {initial(organization.data?.name)}
                </span>
                <div className="min-w-0 flex-1">
                  <h2 className="truncate text-lg font-semibold">
                    {organization.data?.name ?? <span className="skeleton block h-5 w-40" />}
                  </h2>
                  <p className="text-sm text-ink-2">{own ? `You: ${roleLabel(own.role).toLowerCase()}` : " "}</p>
                </div>
                <Button
                  variant="primary"
                  icon={<UserPlus size={15} />}
                  reason={inviteReason}
                  onClick={() => void navigate({ search: (search) => ({ ...search, invite: true }) })}
                >
                  Invite member
                </Button>
              </div>
              <Tabs label="Parts of the organization" tabs={tabs} />
              <div className="pt-4">
                {tab === "members" && <MemberList own={own} owners={owners} />}
                {tab === "invites" && <InviteList admin={admin} />}
                {tab === "settings" && own && <OrganizationSettings own={own} owners={owners} />}
              </div>
            </>
          )}
        </div>
      </div>
      {own && (
        <>
          <MemberDialog
            memberId={member ?? null}
            own={own}
            owners={owners}
            reason={admin.allowed ? null : admin.reason}
            onClose={close}
          />
          <InviteDialog own={own} open={invite === true && admin.allowed} onClose={close} />
        </>
      )}
    </>
  );
}
