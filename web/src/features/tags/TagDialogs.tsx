import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { tagsQuery } from "@/api/queries/tags";
import type { Tag } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { RowForm } from "@/components/RowForm";
import { ListSkeleton } from "@/components/Skeletons";
import { Dialog } from "@/components/ui/Dialog";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { useFormDraft } from "@/lib/drafts";
import { notifySuccess } from "@/lib/notify";
import { useRowForm } from "@/lib/rebase";
import { NEW_TAG, tagProblems, toCreate, toTagForm, toUpdate } from "./form";
import { useCreateTag, useUpdateTag } from "./mutations";
import { TagFields } from "./TagFields";

const editRoute = getRouteApi("/shell/tags/$tagId/edit");
const addRoute = getRouteApi("/shell/tags/add");

/** `/tags/add`: makes a tag. */
export function AddTagDialog() {
  const navigate = addRoute.useNavigate();
  const close = () => void navigate({ to: "/tags", search: true });
  return (
    <Dialog open onClose={close} title="New tag" description="Tasks of every board can carry it.">
      <AddForm onClose={close} />
    </Dialog>
  );
}

function AddForm({ onClose }: { onClose: () => void }) {
  const { reason } = useOrganizationAdmin();
  const [form, setForm, forget] = useFormDraft("tag", NEW_TAG);
  const create = useCreateTag();
  const problems = tagProblems(form);
  return (
    <DialogForm
      problems={problems}
      save={create}
      submit="Create tag"
      reason={reason}
      onCancel={onClose}
      onSave={() =>
        create.mutate(toCreate(form), {
          onSuccess(tag) {
            forget();
            onClose();
            notifySuccess(`Created “${tag.name}”`);
          },
        })
      }
    >
      {(shown, refused) => <TagFields form={form} problems={shown} refused={refused} onChange={setForm} />}
    </DialogForm>
  );
}

/** `/tags/:id/edit`: changes a tag. */
export function EditTagDialog() {
  const { tagId } = editRoute.useParams();
  const navigate = editRoute.useNavigate();
  const query = useQuery(tagsQuery);
  const tag = query.data?.items.find(({ id }) => id === tagId);
  const close = () => void navigate({ to: "/tags", search: true });
  return (
    <Dialog open onClose={close} title={tag ? `Edit “${tag.name}”` : "Edit tag"}>
      {query.isPending ? (
        <ListSkeleton rows={3} label="Loading the tag" />
      ) : tag ? (
        <EditForm key={tag.id} tag={tag} onClose={close} />
      ) : (
        <p className="text-ink-2">This tag does not exist any more.</p>
      )}
    </Dialog>
  );
}

function EditForm({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { reason } = useOrganizationAdmin();
  const { form, setForm, base, ...row } = useRowForm(tag, toTagForm);
  const update = useUpdateTag(base);
  return (
    <RowForm
      row={row}
      problems={tagProblems(form)}
      save={update}
      reason={reason}
      onCancel={onClose}
      onSave={() =>
        update.mutate(toUpdate(row.changes), {
          onSuccess(saved) {
            onClose();
            notifySuccess(`Saved “${saved.name}”`);
          },
        })
      }
    >
      {(shown, refused) => <TagFields form={form} problems={shown} refused={refused} hasSlug onChange={setForm} />}
    </RowForm>
  );
}
