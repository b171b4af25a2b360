import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call, client } from "@/api/client";
import { ApiError } from "@/api/errors";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";

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
      <CreateOrganization onCreated={onCreated} />
    </Dialog>
  );
}

function CreateOrganization({ onCreated }: Pick<CreateOrganizationDialogProps, "onCreated">) {
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const create = useMutation({
    mutationFn: () => call(client.POST("/api/v1/organizations", { body: { name: name.trim() } })),
    onSuccess: ({ id }) => onCreated(id),
  });
  const refused = create.error instanceof ApiError ? create.error.field("name") : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(!name.trim());
        if (name.trim() && !create.isPending) create.mutate();
      }}
    >
      <Field label="Name" required error={missing ? "Enter a name." : refused}>
        {(props) => (
          <input {...props} className="field" value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      {!refused && <FormError error={create.error} />}
      <DialogActions>
        <Button type="submit" variant="primary" busy={create.isPending}>
          Create organization
        </Button>
      </DialogActions>
    </form>
  );
}
