import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, Check, Plus, UsersRound } from "lucide-react";
import { Suspense, useState } from "react";
import { call, client } from "@/api/client";
import { messageOf } from "@/api/errors";
import { actingIn } from "@/api/organization";
import { organizationsQuery } from "@/api/queries/organization";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { roleLabel } from "@/features/organization/rules";
import { late } from "@/lib/late";
import { notifyError } from "@/lib/notify";
import { enterOrganization } from "@/live/connection";

const CreateOrganizationDialog = late(() => import("./CreateOrganizationDialog"));

/** Changes the organization of this tab, and creates new ones. */
export default function OrganizationMenu({ trigger }: LateMenuProps) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const organizations = useQuery(organizationsQuery);
  const [open, setOpen] = useState(true);
  const [creating, setCreating] = useState<"unused" | "open" | "closed">("unused");

  const acting = actingIn(organizations.data)?.id;

  async function enter(id: string) {
    await navigate({ to: "/boards" });
    await enterOrganization(cache, id);
  }
  const activate = useMutation({
    // The active organization is where new tabs begin, and scripts that name none.
    mutationFn: (id: string) =>
      call(client.PATCH("/api/v1/organizations/me/active", { body: { organization_id: id } })),
    onSuccess: (_, id) => enter(id),
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
                organization.id === acting ? <Check size={14} className="text-accent-text" aria-label="active" /> : null
              }
              onClick={() => organization.id !== acting && activate.mutate(organization.id)}
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
            onCreated={(id) => {
              setCreating("closed");
              void enter(id);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
