import { DialogForm } from "@/components/DialogForm";
import { Dialog } from "@/components/ui/Dialog";
import { TextField } from "@/components/ui/TextField";
import { useFormDraft } from "@/lib/drafts";
import { notifySuccess } from "@/lib/notify";
import { useAddSkill } from "./mutations";
import { NamingFields } from "./NamingFields";

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
  const [form, setForm, forget] = useFormDraft("skill.new", { address: "", name: "", description: "" });
  const add = useAddSkill();
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  return (
    <DialogForm
      problems={form.address.trim() ? {} : { address: "Enter the address of the skill." }}
      save={add}
      submit="Add skill"
      onCancel={onClose}
      onSave={() => {
        const body = {
          source_url: form.address.trim(),
          ...(form.name.trim() ? { name: form.name.trim() } : {}),
          ...(form.description.trim() ? { description: form.description.trim() } : {}),
        };
        add.mutate(body, {
          onSuccess(skill) {
            forget();
            notifySuccess(`Added “${skill.name}”`);
            onClose();
          },
        });
      }}
    >
      {(shown: { address?: string }, refused) => (
        <>
          <TextField
            label="Address"
            required
            hint="A folder with a SKILL.md, such as https://github.com/owner/repository/tree/main/skill."
            error={shown.address ?? refused?.field("source_url")}
            type="url"
            autoComplete="off"
            value={form.address}
            onChange={(address) => set({ address })}
          />
          <NamingFields form={form} refused={refused} onChange={set} />
        </>
      )}
    </DialogForm>
  );
}
