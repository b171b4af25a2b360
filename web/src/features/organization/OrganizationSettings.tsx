import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call, client } from "@/api/client";
import { ApiError } from "@/api/errors";
import { boardsQuery } from "@/api/queries/boards";
import { membersQuery, organizationQuery } from "@/api/queries/organization";
import type { Member, OrganizationDetail } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { TextField } from "@/components/ui/TextField";
import { organizationAdmin, organizationOwner } from "@/features/session/permissions";
import { notifySuccess } from "@/lib/notify";
import { enterOrganization } from "@/live/connection";
import { useRename } from "./mutations";
import { leaveReason } from "./rules";

/** Name of the organization, leaving it, and deleting it. */
export function OrganizationSettings({ own, owners }: { own: Member; owners: number }) {
  const organization = useQuery(organizationQuery).data;
  if (!organization) return null;
  return (
    <div className="max-w-2xl space-y-8">
      <RenameForm key={organization.id} organization={organization} own={own} />
      <section aria-labelledby="danger">
        <h2 id="danger" className="mb-2 text-base font-semibold">
          Leaving and deleting
        </h2>
        <div className="divide-y divide-line rounded-xl border border-line bg-surface">
          <Leave organization={organization} own={own} owners={owners} />
          <Delete organization={organization} own={own} />
        </div>
      </section>
    </div>
  );
}

function RenameForm({ organization, own }: { organization: OrganizationDetail; own: Member }) {
  const [name, setName] = useState(organization.name);
  const rename = useRename();
  const { reason } = organizationAdmin(own);
  const dirty = name.trim() !== organization.name;
  const refused = rename.error instanceof ApiError ? rename.error.field("name") : undefined;
  return (
    <section aria-labelledby="name">
      <h2 id="name" className="mb-2 text-base font-semibold">
        Name
      </h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason || !dirty || !name.trim() || rename.isPending) return;
          rename.mutate(name.trim(), {
            onSuccess(saved) {
              setName(saved.name);
              notifySuccess("Organization renamed");
            },
          });
        }}
      >
        <div className="flex items-start gap-2">
          <TextField
            label="Name of the organization"
            hint={reason}
            error={name.trim() ? refused : "Enter a name."}
            className="flex-1"
            maxLength={255}
            readOnly={Boolean(reason)}
            value={name}
            onChange={setName}
          />
          <Button
            type="submit"
            variant="primary"
            className="mt-6"
            busy={rename.isPending}
            reason={reason ?? (dirty ? null : "Nothing has been changed.")}
          >
            Rename
          </Button>
        </div>
        {!refused && <FormError error={rename.error} />}
      </form>
    </section>
  );
}

interface RowProps {
  title: string;
  text: ReactNode;
  action: string;
  reason: string | null;
  onClick: () => void;
}

function DangerRow({ title, text, action, reason, onClick }: RowProps) {
  return (
    <div className="flex flex-wrap items-center gap-3 px-4 py-3">
      <div className="min-w-56 flex-1">
        <h3 className="font-medium">{title}</h3>
        <p className="text-sm text-ink-2">{text}</p>
        {reason && <p className="mt-0.5 text-xs text-ink-3">{reason}</p>}
      </div>
      <Button variant={reason ? "secondary" : "danger"} reason={reason} onClick={onClick}>
        {action}
      </Button>
    </div>
  );
}

/** Reads everything anew in the organization that is active once this one is gone. */
function useGoneFromHere() {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return async (message: string) => {
    await navigate({ to: "/" });
    await enterOrganization(cache, null);
    notifySuccess(message);
  };
}

function Leave({ organization, own, owners }: { organization: OrganizationDetail; own: Member; owners: number }) {
  const members = useQuery(membersQuery).data?.total ?? 1;
  const [asking, setAsking] = useState(false);
  const gone = useGoneFromHere();
  return (
    <>
      <DangerRow
        title="Leave this organization"
        text="You lose every right here at once. What you wrote stays."
        action="Leave…"
        reason={leaveReason(own, owners, members)}
        onClick={() => setAsking(true)}
      />
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Leave ${organization.name}?`}
        action="Leave organization"
        onConfirm={async () => {
          await call(client.POST("/api/v1/organizations/me/leave"));
          await gone(`You left ${organization.name}`);
        }}
      >
        <p>You can come back only with a new invite.</p>
      </ConfirmDialog>
    </>
  );
}

function Delete({ organization, own }: { organization: OrganizationDetail; own: Member }) {
  const boards = useQuery(boardsQuery).data?.total;
  const members = useQuery(membersQuery).data?.total;
  const [asking, setAsking] = useState(false);
  const gone = useGoneFromHere();
  const count = (n: number | undefined, one: string, many: string) => `${n ?? "all"} ${n === 1 ? one : many}`;
  return (
    <>
      <DangerRow
        title="Delete this organization"
        text="With everything in it, for everybody. This cannot be undone."
        action="Delete…"
        reason={organizationOwner(own).reason}
        onClick={() => setAsking(true)}
      />
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${organization.name}?`}
        action="Delete organization"
        typeToConfirm={organization.name}
        onConfirm={async () => {
          await call(client.DELETE("/api/v1/organizations/me"));
          await gone(`${organization.name} was deleted`);
        }}
      >
        <p>For good, and for everybody, these are lost:</p>
        <ul className="list-disc space-y-0.5 pl-5">
          <li>{count(boards, "board", "boards")} with tasks, comments, approvals, memory and webhooks</li>
          <li>agents and gateways, with what was set up on them</li>
          <li>tags, custom fields, skills and the audit log</li>
          <li>the rights of {count(members, "member", "members")}</li>
        </ul>
        <p>Only a backup of the installation brings it back.</p>
      </ConfirmDialog>
    </>
  );
}
