import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { tagsQuery } from "@/api/queries/tags";
import type { Tag } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { ChangedElsewhere } from "@/features/organization/ChangedElsewhere";
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
  const [tried, setTried] = useState(false);
  const create = useCreateTag();
  const problems = tagProblems(form);
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (reason || Object.keys(problems).length > 0 || create.isPending) return;
        create.mutate(toCreate(form), {
          onSuccess(tag) {
            forget();
            onClose();
            notifySuccess(`Tag “${tag.name}” is ready`);
          },
        });
      }}
    >
      <TagFields
        form={form}
        problems={tried ? problems : {}}
        refused={create.error instanceof ApiError ? create.error : null}
        onChange={setForm}
      />
      <FormError error={create.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={create.isPending} reason={reason}>
          Create tag
        </Button>
      </DialogActions>
    </form>
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
  const { form, setForm, base, changes, isOutdated, rebase } = useRowForm(tag, toTagForm);
  const [tried, setTried] = useState(false);
  const update = useUpdateTag(base);
  const problems = tagProblems(form);
  const dirty = Object.keys(changes).length > 0;
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (reason || !dirty || Object.keys(problems).length > 0 || update.isPending) return;
        update.mutate(toUpdate(changes), {
          onSuccess(saved) {
            onClose();
            notifySuccess(`Tag “${saved.name}” was changed`);
          },
        });
      }}
    >
      {isOutdated && !update.isPending && !update.isSuccess && (
        <ChangedElsewhere
          onRebase={() => {
            update.reset();
            rebase();
          }}
        />
      )}
      <TagFields
        form={form}
        problems={tried ? problems : {}}
        refused={update.error instanceof ApiError ? update.error : null}
        hasSlug
        onChange={setForm}
      />
      <FormError error={update.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          busy={update.isPending}
          reason={reason ?? (dirty ? null : "Nothing has been changed.")}
        >
          Save changes
        </Button>
      </DialogActions>
    </form>
  );
}
