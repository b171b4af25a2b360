import { useState } from "react";
import { DialogForm } from "@/components/DialogForm";
import { Dialog } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { clearDraft, useDraft } from "@/lib/drafts";
import { notifySuccess } from "@/lib/notify";
import { useAddSkill } from "./mutations";

const DRAFT = "skill.new";

/** Adds one skill by its address. */
export function AddSkillDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Add a skill"
      description="One skill by its address. For many at once, add a pack."
    >
      <AddSkillForm onClose={onClose} />
    </Dialog>
  );
}

function AddSkillForm({ onClose }: { onClose: () => void }) {
  const [address, setAddress] = useDraft(DRAFT);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const add = useAddSkill();
  const missing = address.trim() ? null : "Enter the address first.";
  return (
    <DialogForm
      problems={{}}
      save={add}
      submit="Add skill"
      reason={missing}
      onCancel={onClose}
      onSave={() => {
        const body = {
          source_url: address.trim(),
          ...(name.trim() ? { name: name.trim() } : {}),
          ...(description.trim() ? { description: description.trim() } : {}),
        };
        add.mutate(body, {
          onSuccess(skill) {
            clearDraft(DRAFT);
            notifySuccess(`Added “${skill.name}”`);
            onClose();
          },
        });
      }}
    >
      {(_, refused) => (
        <>
          <Field
            label="Address"
            required
            hint="A folder with a SKILL.md, such as https://github.com/owner/repository/tree/main/skill."
            error={refused?.field("source_url")}
          >
            {(props) => (
              <input
                {...props}
                type="url"
                className="field"
                autoComplete="off"
                value={address}
                onChange={(event) => setAddress(event.target.value)}
              />
            )}
          </Field>
          <Field label="Name" hint="Made from the address when left empty." error={refused?.field("name")}>
            {(props) => (
              <input
                {...props}
                className="field"
                maxLength={255}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label="Description" error={refused?.field("description")}>
            {(props) => (
              <textarea
                {...props}
                className="field min-h-16"
                value={description}
                onChange={(event) => setDescription(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
    </DialogForm>
  );
}
