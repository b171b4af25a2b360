import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, Check, ChevronsUpDown, Plus, UsersRound } from "lucide-react";
import { useState } from "react";
import { call, client } from "@/api/client";
import { ApiError, messageOf } from "@/api/errors";
import { organizationsQuery } from "@/api/queries/organization";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { roleLabel } from "@/features/organization/rules";
import { notifyError } from "@/lib/notify";
import { announceSwitch, forgetOrganization } from "./organizationSwitch";

/** Shows the active organization, changes it, and creates new ones. */
export function OrganizationSwitcher() {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const organizations = useQuery(organizationsQuery);
  const [creating, setCreating] = useState(false);
  const active = organizations.data?.find((organization) => organization.is_active);

  async function switched() {
    await navigate({ to: "/boards" });
    await forgetOrganization(cache);
    announceSwitch();
  }
  const activate = useMutation({
    mutationFn: (id: string) =>
      call(client.PATCH("/api/v1/organizations/me/active", { body: { organization_id: id } })),
    onSuccess: switched,
    onError: (error) => notifyError(messageOf(error)),
  });

  return (
    <>
      <Menu
        className="w-60"
        trigger={
          <button
            type="button"
            aria-label={`Organization: ${active?.name ?? "none"}`}
            className="flex h-10 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover max-md:h-12"
          >
            <span
              className="grid size-6 shrink-0 place-items-center rounded-md bg-accent text-xs font-semibold text-accent-ink"
              aria-hidden="true"
            >
              {active?.name.trim().charAt(0).toUpperCase() || "·"}
            </span>
            <span className="min-w-0 flex-1 truncate text-base font-semibold">
              {organizations.isPending ? (
                <span className="skeleton block h-4 w-24" />
              ) : (
                (active?.name ?? "No organization")
              )}
            </span>
            <ChevronsUpDown size={14} className="shrink-0 text-ink-3" aria-hidden="true" />
          </button>
        }
      >
        <MenuGroup label="Organizations">
          {organizations.data?.map((organization) => (
            <MenuItem
              key={organization.id}
              icon={<Building2 size={15} />}
              note={roleLabel(organization.role)}
              hint={
                organization.is_active ? <Check size={14} className="text-accent-text" aria-label="active" /> : null
              }
              onClick={() => !organization.is_active && activate.mutate(organization.id)}
            >
              {organization.name}
            </MenuItem>
          ))}
        </MenuGroup>
        <MenuSeparator />
        <MenuItem icon={<UsersRound size={15} />} onClick={() => void navigate({ to: "/organization" })}>
          Members and settings
        </MenuItem>
        <MenuItem icon={<Plus size={15} />} onClick={() => setCreating(true)}>
          Create organization…
        </MenuItem>
      </Menu>
      <Dialog
        open={creating}
        onClose={() => setCreating(false)}
        title="Create an organization"
        description="Boards, agents and members belong to one organization. You become its owner."
        width="sm"
      >
        <CreateOrganization
          onCreated={() => {
            setCreating(false);
            void switched();
          }}
        />
      </Dialog>
    </>
  );
}

function CreateOrganization({ onCreated }: { onCreated: () => void }) {
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const create = useMutation({
    mutationFn: () => call(client.POST("/api/v1/organizations", { body: { name: name.trim() } })),
    onSuccess: onCreated,
  });
  const refused = create.error instanceof ApiError ? create.error.field("name") : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(!name.trim());
        if (name.trim() && !create.isPending) create.mutate();
      }}
    >
      <Field label="Name" required error={missing ? "Enter a name." : refused}>
        {(props) => (
          <input {...props} className="field" value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      {!refused && <FormError error={create.error} />}
      <DialogActions>
        <Button type="submit" variant="primary" busy={create.isPending}>
          Create organization
        </Button>
      </DialogActions>
    </form>
  );
}
