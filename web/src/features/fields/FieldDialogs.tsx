import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { customFieldsQuery } from "@/api/queries/customFields";
import type { CustomField } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { RowForm } from "@/components/RowForm";
import { ListSkeleton } from "@/components/Skeletons";
import { Dialog } from "@/components/ui/Dialog";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { useFormDraft } from "@/lib/drafts";
import { notifySuccess } from "@/lib/notify";
import { useRowForm } from "@/lib/rebase";
import { FieldFields } from "./FieldFields";
import { fieldProblems, NEW_FIELD, toCreate, toFieldForm, toUpdate } from "./form";
import { useCreateField, useUpdateField } from "./mutations";
import { StoredValues } from "./StoredValues";

const newRoute = getRouteApi("/shell/custom-fields/new");
const editRoute = getRouteApi("/shell/custom-fields/$fieldId/edit");

/** `/custom-fields/new`: makes a custom field. */
export function NewFieldDialog() {
  const navigate = newRoute.useNavigate();
  const close = () => void navigate({ to: "/custom-fields", search: true });
  return (
    <Dialog
      open
      onClose={close}
      title="New custom field"
      description="The tasks of the chosen boards show it at once."
      width="lg"
    >
      <NewForm onClose={close} />
    </Dialog>
  );
}

function NewForm({ onClose }: { onClose: () => void }) {
  const { reason } = useOrganizationAdmin();
  const [form, setForm, forget] = useFormDraft("field", NEW_FIELD);
  const create = useCreateField();
  const problems = fieldProblems(form);
  return (
    <DialogForm
      problems={problems}
      save={create}
      submit="Create field"
      reason={reason}
      onCancel={onClose}
      onSave={() =>
        create.mutate(toCreate(form), {
          onSuccess(field) {
            forget();
            onClose();
            notifySuccess(`Created “${field.label}”`);
          },
        })
      }
    >
      {(shown, refused) => <FieldFields form={form} problems={shown} refused={refused} onChange={setForm} />}
    </DialogForm>
  );
}

/** `/custom-fields/:id/edit`: changes a custom field. */
export function EditFieldDialog() {
  const { fieldId } = editRoute.useParams();
  const navigate = editRoute.useNavigate();
  const query = useQuery(customFieldsQuery);
  const field = query.data?.find(({ id }) => id === fieldId);
  const close = () => void navigate({ to: "/custom-fields", search: true });
  return (
    <Dialog open onClose={close} title={field ? `Edit “${field.label}”` : "Edit custom field"} width="lg">
      {query.isPending ? (
        <ListSkeleton rows={4} label="Loading the field" />
      ) : field ? (
        <EditForm key={field.id} field={field} onClose={close} />
      ) : (
        <p className="text-ink-2">This field does not exist any more.</p>
      )}
    </Dialog>
  );
}

function EditForm({ field, onClose }: { field: CustomField; onClose: () => void }) {
  const { reason } = useOrganizationAdmin();
  const { form, setForm, base, ...row } = useRowForm(field, toFieldForm);
  const update = useUpdateField(base);
  if (update.data && (update.data.hidden_value_count || update.data.unfit_value_count)) {
    return <StoredValues saved={update.data} update={update.variables ?? {}} onClose={onClose} />;
  }
  return (
    <RowForm
      row={row}
      problems={fieldProblems(form)}
      save={update}
      reason={reason}
      onCancel={onClose}
      onSave={() =>
        update.mutate(toUpdate(row.changes, form), {
          onSuccess(saved) {
            notifySuccess(`Saved “${saved.label}”`);
            if (!saved.hidden_value_count && !saved.unfit_value_count) onClose();
          },
        })
      }
    >
      {(shown, refused) => <FieldFields form={form} problems={shown} refused={refused} exists onChange={setForm} />}
    </RowForm>
  );
}
