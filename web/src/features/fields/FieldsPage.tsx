import { useQuery } from "@tanstack/react-query";
import { getRouteApi, linkOptions, Outlet } from "@tanstack/react-router";
import { Plus, TextCursorInput, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { boardsQuery } from "@/api/queries/boards";
import { customFieldsQuery } from "@/api/queries/customFields";
import type { CustomField } from "@/api/types";
import { Badge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { useDeleteField } from "./mutations";
import { typeLabel, VISIBILITIES } from "./types";
import { formatFieldValue } from "./values";

const route = getRouteApi("/shell/custom-fields");

/** What tasks of some boards say besides what all tasks say. */
export function FieldsPage() {
  useTitle("Custom fields");
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const query = useQuery(customFieldsQuery);
  const boards = useQuery(boardsQuery).data;
  const createButton = (
    <Button
      variant="primary"
      icon={<Plus size={15} />}
      reason={admin.reason}
      onClick={() => void navigate({ to: "/custom-fields/new", search: true })}
    >
      New field
    </Button>
  );
  const columns: Column<CustomField>[] = [
    {
      id: "label",
      header: "Field",
      sortBy: ({ label }) => label,
      cell: ({ label, field_key, required }) => (
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-medium">{label}</span>
          {field_key !== label && <code className="truncate font-mono text-xs text-ink-3">{field_key}</code>}
          {required && <Badge tone="warn">Required</Badge>}
        </span>
      ),
    },
    {
      id: "type",
      header: "Type",
      width: "10rem",
      sortBy: ({ field_type }) => typeLabel(field_type),
      cell: ({ field_type }) => typeLabel(field_type),
    },
    {
      id: "visibility",
      header: "Shown",
      width: "7rem",
      hideBelow: "medium",
      phone: "hidden",
      sortBy: ({ ui_visibility }) => ui_visibility,
      cell: ({ ui_visibility }) => VISIBILITIES.find(({ value }) => value === ui_visibility)?.label,
    },
    {
      id: "default",
      header: "Default",
      width: "10rem",
      hideBelow: "medium",
      cell: ({ field_type, default_value }) => (
        <span className="text-ink-2">{formatFieldValue(field_type, default_value) || "—"}</span>
      ),
    },
    {
      id: "boards",
      header: "Boards",
      width: "10rem",
      hideBelow: "narrow",
      sortBy: ({ board_ids }) => board_ids.length,
      cell: ({ board_ids }) => boardsOf(board_ids, boards?.items),
    },
    {
      id: "updated_at",
      header: "Changed",
      width: "8rem",
      hideBelow: "narrow",
      phone: "hidden",
      sortBy: ({ updated_at }) => updated_at,
      cell: ({ updated_at }) => <RelativeTime value={updated_at} />,
    },
  ];
  return (
    <>
      <PageHeader actions={createButton}>
        <PageTitle>Custom fields</PageTitle>
        {query.data && <span className="text-ink-3 tabular-nums">{query.data.length}</span>}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl">
          <DataTable
            label="Custom fields"
            rows={query.data}
            columns={columns}
            rowKey={(field) => field.id}
            link={(field) =>
              linkOptions({ to: "/custom-fields/$fieldId/edit", params: { fieldId: field.id }, search: true })
            }
            actions={(field) => <DeleteField field={field} reason={admin.reason} />}
            sort={sort}
            defaultSort="label"
            onSort={(next) => void navigate({ to: ".", search: { sort: next }, replace: true })}
            error={query.error}
            onRetry={() => void query.refetch()}
            empty={
              <EmptyState icon={<TextCursorInput size={20} />} title="No custom fields yet" action={createButton}>
                A custom field is one more thing that tasks can say: a ticket number, a customer, an estimate, a link.
                Values are checked by type and pattern, whoever enters them.
              </EmptyState>
            }
          />
        </div>
      </div>
      <Outlet />
    </>
  );
}

function boardsOf(ids: readonly string[], boards: readonly { id: string; name: string }[] | undefined): string {
  const [first, ...rest] = ids;
  const name = boards?.find(({ id }) => id === first)?.name;
  if (rest.length === 0 && name) return name;
  return `${ids.length} ${ids.length === 1 ? "board" : "boards"}`;
}

function DeleteField({ field, reason }: { field: CustomField; reason: string | null }) {
  const [asking, setAsking] = useState(false);
  // The server refuses while tasks have values of their own; then the values are named, and asked for.
  const [inUse, setInUse] = useState(false);
  const remove = useDeleteField(field.id);
  async function confirm() {
    try {
      await remove.mutateAsync(inUse);
      notifySuccess(`Deleted “${field.label}”`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) setInUse(true);
      throw error;
    }
  }
  return (
    <>
      <IconButton label={`Delete ${field.label}`} size="sm" reason={reason} onClick={() => setAsking(true)}>
        <Trash2 size={15} />
      </IconButton>
      <ConfirmDialog
        open={asking}
        onClose={() => {
          setAsking(false);
          setInUse(false);
        }}
        title={`Delete the field “${field.label}”?`}
        action={inUse ? "Delete with all values" : "Delete field"}
        typeToConfirm={inUse ? field.label : undefined}
        onConfirm={confirm}
      >
        {inUse ? (
          <p>Tasks have values in this field. They are lost with it, on every board.</p>
        ) : (
          <p>Tasks do not show it any more. If some have values of their own, you are asked once more.</p>
        )}
      </ConfirmDialog>
    </>
  );
}
