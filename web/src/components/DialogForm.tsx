import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/errors";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { DialogActions } from "@/components/ui/Dialog";

interface DialogFormProps<P extends object> {
  /** What is wrong with each field, empty where nothing is; shown after the first try to save. */
  problems: P;
  /** The request that saves. */
  save: { isPending: boolean; error: Error | null };
  /** The words on the button that saves; there is none without them. */
  submit: string | null;
  /** Whether what the button does is dangerous. */
  danger?: boolean;
  /** Why nothing can be saved right now. */
  reason?: string | null;
  onSave: () => void;
  onCancel: () => void;
  /** The words on the button that gives up. */
  cancel?: string;
  /** More buttons, before the two. */
  actions?: ReactNode;
  /** The fields, with the problems to show and what the server refused. */
  children: (shown: Partial<P>, refused: ApiError | null) => ReactNode;
}

/** A second press within this time belongs to a double click: the first is not known to be on its way yet. */
const DOUBLE_CLICK_MS = 500;

/**
 * The form of a dialog: it is sent once, only without problems, and says why it cannot be. What is refused gets the
 * focus. Ctrl+Enter sends it from every field.
 */
export function DialogForm<P extends object>({
  problems,
  save,
  submit,
  danger = false,
  reason = null,
  onSave,
  onCancel,
  cancel = "Cancel",
  actions,
  children,
}: DialogFormProps<P>) {
  const form = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  const savedAt = useRef(Number.NEGATIVE_INFINITY);
  // After a try that this form or the server has refused, its reason is drawn by now.
  useEffect(() => {
    if (tries > 0 && !save.isPending) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [tries, save.isPending]);
  // What was refused may be tried again at once.
  useEffect(() => {
    if (save.error) savedAt.current = Number.NEGATIVE_INFINITY;
  }, [save.error]);
  function onKeyDown(event: KeyboardEvent<HTMLFormElement>) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    // A menu that stands above the form is its child in React only, and has its own use for the key.
    if (!event.currentTarget.contains(event.target as Node)) return;
    event.preventDefault();
    event.currentTarget.requestSubmit();
  }
  return (
    <form
      ref={form}
      noValidate
      className="space-y-4"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        setTries((count) => count + 1);
        if (!submit || reason || Object.values(problems).some(Boolean) || save.isPending) return;
        if (event.timeStamp - savedAt.current < DOUBLE_CLICK_MS) return;
        savedAt.current = event.timeStamp;
        onSave();
      }}
    >
      {children(tries > 0 ? problems : {}, save.error instanceof ApiError ? save.error : null)}
      <FormError error={save.error} />
      <DialogActions>
        {actions}
        <Button onClick={onCancel}>{cancel}</Button>
        {submit && (
          <Button type="submit" variant={danger ? "danger" : "primary"} busy={save.isPending} reason={reason}>
            {submit}
          </Button>
        )}
      </DialogActions>
    </form>
  );
}
