import { type ReactNode, useRef, useState } from "react";
import { ApiError } from "@/api/errors";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { DialogActions } from "@/components/ui/Dialog";

type Props<P extends object> = {
  /** What is wrong with each field; shown after the first try to save. */
  problems: P;
  /** The request that saves. */
  save: { isPending: boolean; error: Error | null };
  /** The words on the button that saves. */
  submit: string;
  /** Why nothing can be saved right now. */
  reason?: string | null;
  onSave: () => void;
  onCancel: () => void;
  /** The words on the button that gives up. */
  cancel?: string;
  /** The fields, with the problems to show and what the server refused. */
  children: (shown: Partial<P>, refused: ApiError | null) => ReactNode;
};

/** A second press within this time belongs to a double click: the first is not known to be on its way yet. */
const DOUBLE_CLICK_MS = 500;

/** A form in a dialog: it is sent once, only without problems, and says why it cannot be. */
export function DialogForm<P extends object>({
  problems,
  save,
  submit,
  reason = null,
  onSave,
  onCancel,
  cancel = "Cancel",
  children,
}: Props<P>) {
  const [tried, setTried] = useState(false);
  const savedAt = useRef(Number.NEGATIVE_INFINITY);
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (reason || Object.keys(problems).length > 0 || save.isPending) return;
        if (event.timeStamp - savedAt.current < DOUBLE_CLICK_MS) return;
        savedAt.current = event.timeStamp;
        onSave();
      }}
    >
      {children(tried ? problems : {}, save.error instanceof ApiError ? save.error : null)}
      <FormError error={save.error} />
      <DialogActions>
        <Button onClick={onCancel}>{cancel}</Button>
        <Button type="submit" variant="primary" busy={save.isPending} reason={reason}>
          {submit}
        </Button>
      </DialogActions>
    </form>
  );
}
