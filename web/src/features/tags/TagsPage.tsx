import { useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions, Outlet } from "@tanstack/react-router";
import { Plus, Tag as TagIcon, Trash2 } from "lucide-react";
import { useState } from "react";
import { tagsQuery } from "@/api/queries/tags";
import type { Tag } from "@/api/types";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { useDeleteTag } from "./mutations";
import { TagPill } from "./TagPill";

const route = getRouteApi("/shell/tags");

const COLUMNS: Column<Tag>[] = [
  {
    id: "name",
    header: "Tag",
    sortBy: ({ name }) => name,
    cell: ({ name, color }) => <TagPill name={name} color={color} />,
  },
  {
    id: "slug",
    header: "Slug",
    width: "12rem",
    sortBy: ({ slug }) => slug,
    hideBelow: "narrow",
    cell: ({ slug }) => <code className="font-mono text-xs text-ink-2">{slug}</code>,
  },
  {
    id: "description",
    header: "Meaning",
    hideBelow: "medium",
    phone: "hidden",
    cell: ({ description }) => <span className="text-ink-2">{description}</span>,
  },
  {
    id: "task_count",
    header: "Tasks",
    width: "6rem",
    align: "right",
    sortBy: ({ task_count }) => task_count,
    cell: ({ task_count }) => task_count,
  },
  {
    id: "updated_at",
    header: "Changed",
    width: "8rem",
    hideBelow: "narrow",
    sortBy: ({ updated_at }) => updated_at,
    cell: ({ updated_at }) => <RelativeTime value={updated_at} />,
  },
];

/** The labels that tasks of every board can carry. */
export function TagsPage() {
  useTitle("Tags");
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const query = useQuery(tagsQuery);
  const createButton = (
    <Button
      variant="primary"
      icon={<Plus size={15} />}
      reason={admin.reason}
      onClick={() => void navigate({ to: "/tags/add", search: true })}
    >
      New tag
    </Button>
  );
  return (
    <>
      <PageHeader actions={createButton}>
        <PageTitle>Tags</PageTitle>
        {query.data && <span className="text-ink-3 tabular-nums">{query.data.total}</span>}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl">
          <DataTable
            label="Tags"
            rows={query.data?.items}
            columns={COLUMNS}
            rowKey={(tag) => tag.id}
            link={(tag) => linkOptions({ to: "/tags/$tagId/edit", params: { tagId: tag.id }, search: true })}
            actions={(tag) => <DeleteTag tag={tag} reason={admin.reason} />}
            sort={sort}
            defaultSort="name"
            onSort={(next) => void navigate({ to: ".", search: { sort: next }, replace: true })}
            error={query.error}
            onRetry={() => void query.refetch()}
            empty={
              <EmptyState icon={<TagIcon size={20} />} title="No tags yet" action={createButton}>
                Tags sort tasks across boards: by kind of work, customer or release. People and agents put them on
                tasks, and boards can be filtered by them.
              </EmptyState>
            }
          />
        </div>
      </div>
      <Outlet />
    </>
  );
}

function DeleteTag({ tag, reason }: { tag: Tag; reason: string | null }) {
  const [asking, setAsking] = useState(false);
  const remove = useDeleteTag(tag.id);
  return (
    <>
      <IconButton label={`Delete ${tag.name}`} size="sm" reason={reason} onClick={() => setAsking(true)}>
        <Trash2 size={15} />
      </IconButton>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Delete the tag “${tag.name}”?`}
        action="Delete tag"
        onConfirm={async () => {
          await remove.mutateAsync();
          notifySuccess(`Deleted “${tag.name}”`);
        }}
      >
        <p>
          {tag.task_count === 0
            ? "No task carries it."
            : `${tag.task_count === 1 ? "One task loses" : `${tag.task_count} tasks lose`} it. Nothing else changes.`}
        </p>
      </ConfirmDialog>
    </>
  );
}
