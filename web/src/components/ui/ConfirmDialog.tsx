import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { FormError } from "../ErrorState";
import { Button } from "./Button";
import { Dialog, DialogActions } from "./Dialog";
import { Field } from "./Field";

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
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !confirm.isPending) confirm.mutate();
      }}
    >
      <div className="space-y-2 text-sm text-ink-2">{children}</div>
      {typeToConfirm && (
        <Field label={`Type “${typeToConfirm}” to confirm`} className="mt-4">
          {(props) => (
            <input
              {...props}
              className="field"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      <FormError error={confirm.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          variant="danger"
          busy={confirm.isPending}
          reason={ready ? null : `Type “${typeToConfirm}” first`}
        >
          {action}
        </Button>
      </DialogActions>
    </form>
  );
}
