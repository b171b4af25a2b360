import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call, client } from "@/api/client";
import { DialogForm } from "@/components/DialogForm";
import { Dialog } from "@/components/ui/Dialog";
import { TextField } from "@/components/ui/TextField";

interface CreateOrganizationDialogProps {
  open: boolean;
  onClose: () => void;
  /** Gets the id of the new organization. */
  onCreated: (id: string) => void;
}

/** Asks for the name of a new organization and creates it. */
export default function CreateOrganizationDialog({ open, onClose, onCreated }: CreateOrganizationDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Create an organization"
      description="Boards, agents and members belong to one organization. You become its owner."
      width="sm"
    >
      <CreateOrganization onCreated={onCreated} onClose={onClose} />
    </Dialog>
  );
}

function CreateOrganization({ onCreated, onClose }: Omit<CreateOrganizationDialogProps, "open">) {
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: () => call(client.POST("/api/v1/organizations", { body: { name: name.trim() } })),
    onSuccess: ({ id }) => onCreated(id),
  });
  return (
    <DialogForm
      problems={name.trim() ? {} : { name: "Enter a name." }}
      save={create}
      submit="Create organization"
      onCancel={onClose}
      onSave={create.mutate}
    >
      {(shown: { name?: string }, refused) => (
        <TextField label="Name" required error={shown.name ?? refused?.field("name")} value={name} onChange={setName} />
      )}
    </DialogForm>
  );
}
