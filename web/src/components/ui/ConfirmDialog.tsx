import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { DialogForm } from "../DialogForm";
import { Dialog } from "./Dialog";
import { TextField } from "./TextField";

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will happen and what will be lost. */
  children: ReactNode;
  /** The verb on the button. */
  action: string;
  /** A text that has to be typed first, for what cannot be undone and reaches far. */
  typeToConfirm?: string;
  onConfirm: () => Promise<unknown>;
}

/** Asks before something is lost. Stays open, with the reason, when the server refuses. */
export function ConfirmDialog({ open, onClose, ...rest }: ConfirmDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={rest.title} width="sm">
      <ConfirmBody onClose={onClose} {...rest} />
    </Dialog>
  );
}

function ConfirmBody({
  onClose,
  children,
  action,
  typeToConfirm,
  onConfirm,
}: Omit<ConfirmDialogProps, "open" | "title">) {
  const [typed, setTyped] = useState("");
  const confirm = useMutation({ mutationFn: onConfirm, onSuccess: onClose });
  const ready = !typeToConfirm || typed.trim() === typeToConfirm.trim();
  return (
    <DialogForm
      problems={{}}
      save={confirm}
      submit={action}
      danger
      reason={ready ? null : `Type “${typeToConfirm}” first`}
      onCancel={onClose}
      onSave={confirm.mutate}
    >
      {() => (
        <>
          <div className="space-y-2 text-sm text-ink-2">{children}</div>
          {typeToConfirm && (
            <TextField
              label={`Type “${typeToConfirm}” to confirm`}
              autoComplete="off"
              value={typed}
              onChange={setTyped}
            />
          )}
        </>
      )}
    </DialogForm>
  );
}
