import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, Check, Plus, UsersRound } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { call, client } from "@/api/client";
import { messageOf } from "@/api/errors";
import { organizationsQuery } from "@/api/queries/organization";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { roleLabel } from "@/features/organization/rules";
import { notifyError } from "@/lib/notify";
import { announceSwitch, forgetOrganization } from "./organizationSwitch";

const CreateOrganizationDialog = lazy(() => import("./CreateOrganizationDialog"));

/** Changes the active organization, and creates new ones. */
export default function OrganizationMenu({ trigger }: LateMenuProps) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const organizations = useQuery(organizationsQuery);
  const [open, setOpen] = useState(true);
  const [creating, setCreating] = useState<"unused" | "open" | "closed">("unused");

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
      <Menu className="w-60" open={open} onOpenChange={setOpen} trigger={trigger}>
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
        <MenuItem icon={<Plus size={15} />} onClick={() => setCreating("open")}>
          Create organization…
        </MenuItem>
      </Menu>
      {creating !== "unused" && (
        <Suspense>
          <CreateOrganizationDialog
            open={creating === "open"}
            onClose={() => setCreating("closed")}
            onCreated={() => {
              setCreating("closed");
              void switched();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
