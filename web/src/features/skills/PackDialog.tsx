import type { ApiError } from "@/api/errors";
import type { Pack } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { RowForm } from "@/components/RowForm";
import { Dialog } from "@/components/ui/Dialog";
import { TextField } from "@/components/ui/TextField";
import { useFormDraft } from "@/lib/drafts";
import { notifySuccess } from "@/lib/notify";
import { useRowForm } from "@/lib/rebase";
import { useCreatePack, useUpdatePack } from "./mutations";
import { NamingFields } from "./NamingFields";
import { NEW_PACK, type PackForm, type PackProblems, packProblems, toCreate, toPackForm, toUpdate } from "./packForm";

interface PackDialogProps {
  open: boolean;
  /** The pack to change; a new one without. */
  pack: Pack | undefined;
  onClose: () => void;
}

/** Adds a pack or changes one. */
export function PackDialog({ open, pack, onClose }: PackDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={pack ? `Edit “${pack.name}”` : "New pack"}
      description={pack ? undefined : "A public repository on GitHub that lists skills."}
    >
      {pack ? <EditForm key={pack.id} pack={pack} onClose={onClose} /> : <NewForm onClose={onClose} />}
    </Dialog>
  );
}

function NewForm({ onClose }: { onClose: () => void }) {
  const [form, setForm, forget] = useFormDraft("pack.new", NEW_PACK);
  const create = useCreatePack();
  return (
    <DialogForm
      problems={packProblems(form)}
      save={create}
      submit="Add pack"
      onCancel={onClose}
      onSave={() =>
        create.mutate(toCreate(form), {
          onSuccess(pack) {
            forget();
            notifySuccess(`Added “${pack.name}”. Sync it to list its skills.`);
            onClose();
          },
        })
      }
    >
      {(shown, refused) => <PackFields form={form} problems={shown} refused={refused} onChange={setForm} />}
    </DialogForm>
  );
}

function EditForm({ pack, onClose }: { pack: Pack; onClose: () => void }) {
  const { form, setForm, base, ...row } = useRowForm(pack, toPackForm);
  const update = useUpdatePack(base.id);
  return (
    <RowForm
      row={row}
      problems={packProblems(form)}
      save={update}
      reason={null}
      onCancel={onClose}
      onSave={() =>
        update.mutate(toUpdate(row.changes), {
          onSuccess(saved) {
            notifySuccess(`Saved “${saved.name}”`);
            onClose();
          },
        })
      }
    >
      {(shown, refused) => <PackFields form={form} problems={shown} refused={refused} onChange={setForm} />}
    </RowForm>
  );
}

interface PackFieldsProps {
  form: PackForm;
  problems: PackProblems;
  refused: ApiError | null;
  onChange: (form: PackForm) => void;
}

function PackFields({ form, problems, refused, onChange }: PackFieldsProps) {
  const set = (part: Partial<PackForm>) => onChange({ ...form, ...part });
  return (
    <>
      <TextField
        label="Repository"
        required
        error={problems.address ?? refused?.field("source_url")}
        type="url"
        placeholder="https://github.com/owner/repository"
        autoComplete="off"
        value={form.address}
        onChange={(address) => set({ address })}
      />
      <TextField
        label="Branch"
        hint="Where it does not exist, the repository's default branch is read."
        error={refused?.field("branch")}
        inputClassName="w-60!"
        maxLength={255}
        value={form.branch}
        onChange={(branch) => set({ branch })}
      />
      <NamingFields form={form} refused={refused} onChange={set} />
    </>
  );
}
