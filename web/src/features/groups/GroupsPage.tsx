import { useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions } from "@tanstack/react-router";
import { Boxes, EllipsisVertical, Plus } from "lucide-react";
import { useState } from "react";
import { boardsQuery } from "@/api/queries/boards";
import { groupsQuery } from "@/api/queries/groups";
import type { BoardGroup } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { GroupDialog } from "./GroupDialog";
import { useDeleteGroup } from "./mutations";

const route = getRouteApi("/shell/board-groups");

/** The groups of boards. */
export function GroupsPage() {
  useTitle("Board groups");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const query = useQuery(groupsQuery);
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const [deleting, setDeleting] = useState<BoardGroup | null>(null);
  const remove = useDeleteGroup();
  const edited = query.data?.items.find((group) => group.id === search.edit);
  const edit = (id: string | undefined) =>
    void navigate({ search: (previous) => ({ ...previous, edit: id }), replace: id === undefined });
  const create = (
    <Button variant="primary" icon={<Plus size={15} />} reason={admin.reason} onClick={() => edit("new")}>
      New group
    </Button>
  );
  const columns: Column<BoardGroup>[] = [
    {
      id: "name",
      header: "Group",
      sortBy: (group) => group.name.toLowerCase(),
      cell: (group) => (
        <span className="block min-w-0">
          <span className="block truncate font-medium">{group.name || "Untitled group"}</span>
          {group.description && (
            <span className="block truncate text-xs font-normal text-ink-3">{group.description}</span>
          )}
        </span>
      ),
    },
    {
      id: "boards",
      header: "Boards",
      align: "right",
      width: "6rem",
      sortBy: (group) => boards.filter((board) => board.board_group_id === group.id).length,
      cell: (group) => boards.filter((board) => board.board_group_id === group.id).length,
    },
    {
      id: "updated_at",
      header: "Changed",
      width: "8rem",
      hideBelow: "narrow",
      sortBy: (group) => group.updated_at,
      cell: (group) => <RelativeTime value={group.updated_at} className="text-ink-3" />,
    },
  ];
  return (
    <>
      <PageHeader actions={create}>
        <PageTitle>Board groups</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl">
          <DataTable
            label="Board groups"
            rows={query.data?.items}
            columns={columns}
            rowKey={(group) => group.id}
            link={(group) => linkOptions({ to: "/board-groups/$groupId", params: { groupId: group.id } })}
            sort={search.sort}
            defaultSort="name"
            onSort={(sort) => void navigate({ search: (previous) => ({ ...previous, sort }), replace: true })}
            error={query.error}
            onRetry={() => void query.refetch()}
            empty={
              <EmptyState icon={<Boxes size={20} />} title="No groups yet" action={create}>
                A group brings boards together that work towards one thing: their tasks on one page, one chat with all
                of their agents, and one pace.
              </EmptyState>
            }
            actions={(group) => (
              <Menu
                align="end"
                trigger={
                  <IconButton size="sm" label={`Actions for ${group.name}`}>
                    <EllipsisVertical size={15} />
                  </IconButton>
                }
              >
                <MenuItem disabled={!admin.allowed} note={admin.reason} onClick={() => edit(group.id)}>
                  Edit…
                </MenuItem>
                <MenuSeparator />
                <MenuItem danger disabled={!admin.allowed} note={admin.reason} onClick={() => setDeleting(group)}>
                  Delete…
                </MenuItem>
              </Menu>
            )}
          />
        </div>
      </div>
      <GroupDialog
        open={admin.allowed && (search.edit === "new" || edited !== undefined)}
        group={edited}
        onClose={() => edit(undefined)}
      />
      {deleting && (
        <ConfirmDialog
          open
          onClose={() => setDeleting(null)}
          title={`Delete “${deleting.name}”?`}
          action="Delete group"
          onConfirm={async () => {
            await remove.mutateAsync(deleting.id);
            notifySuccess(`Deleted “${deleting.name}”`);
          }}
        >
          <p>Its chat and its notes are deleted with it. Its boards stay, without a group.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
