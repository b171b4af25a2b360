import { useState } from "react";
import type { Pack, PackUpdate } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { Dialog } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { notifySuccess } from "@/lib/notify";
import { useSavePack } from "./mutations";

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
      <PackForm key={pack?.id ?? "new"} pack={pack} onClose={onClose} />
    </Dialog>
  );
}

const REPOSITORY = /^https:\/\/github\.com\/[^/\s?#]+\/[^/\s?#]+\/?$/i;

function PackForm({ pack, onClose }: { pack: Pack | undefined; onClose: () => void }) {
  const [form, setForm] = useState({
    source_url: pack?.source_url ?? "",
    branch: pack?.branch ?? "main",
    name: pack?.name ?? "",
    description: pack?.description ?? "",
  });
  const save = useSavePack(pack?.id);
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const problems = REPOSITORY.test(form.source_url.trim())
    ? {}
    : { address: "The address is https://github.com/, the owner, a slash and the repository." };
  const changes = pack ? changesOf(form, pack) : null;
  const idle = changes && Object.keys(changes).length === 0 ? "Nothing has been changed." : null;
  return (
    <DialogForm
      problems={problems}
      save={save}
      submit={pack ? "Save changes" : "Add pack"}
      reason={idle}
      onCancel={onClose}
      onSave={() => {
        const body = changes ?? {
          source_url: form.source_url.trim(),
          branch: form.branch.trim() || "main",
          metadata: {},
          ...(form.name.trim() ? { name: form.name.trim() } : {}),
          ...(form.description.trim() ? { description: form.description.trim() } : {}),
        };
        save.mutate(body, {
          onSuccess(saved) {
            notifySuccess(pack ? `Saved “${saved.name}”` : `Added “${saved.name}”. Sync it to list its skills.`);
            onClose();
          },
        });
      }}
    >
      {(shown: { address?: string }, refused) => (
        <>
          <Field label="Repository" required error={shown.address || refused?.field("source_url")}>
            {(props) => (
              <input
                {...props}
                type="url"
                className="field"
                placeholder="https://github.com/owner/repository"
                autoComplete="off"
                value={form.source_url}
                onChange={(event) => set({ source_url: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Branch"
            hint="Where it does not exist, the repository's default branch is read."
            error={refused?.field("branch")}
          >
            {(props) => (
              <input
                {...props}
                className="field w-60!"
                maxLength={255}
                value={form.branch}
                onChange={(event) => set({ branch: event.target.value })}
              />
            )}
          </Field>
          <Field label="Name" hint="Made from the address when left empty." error={refused?.field("name")}>
            {(props) => (
              <input
                {...props}
                className="field"
                maxLength={255}
                value={form.name}
                onChange={(event) => set({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label="Description" error={refused?.field("description")}>
            {(props) => (
              <textarea
                {...props}
                className="field min-h-16"
                value={form.description}
                onChange={(event) => set({ description: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
    </DialogForm>
  );
}

function changesOf(
  form: { source_url: string; branch: string; name: string; description: string },
  pack: Pack,
): PackUpdate {
  const changes: PackUpdate = {};
  if (form.source_url.trim() !== pack.source_url) changes.source_url = form.source_url.trim();
  if (form.branch.trim() !== pack.branch) changes.branch = form.branch.trim() || "main";
  if (form.name.trim() !== pack.name) changes.name = form.name.trim() || null;
  if (form.description.trim() !== (pack.description ?? "")) changes.description = form.description.trim() || null;
  return changes;
}
