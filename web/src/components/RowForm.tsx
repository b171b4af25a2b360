import type { ReactNode } from "react";
import type { ApiError } from "@/api/errors";
import { ChangedElsewhere } from "@/components/ChangedElsewhere";
import { DialogForm } from "@/components/DialogForm";

interface RowFormProps<P extends object> {
  /** What `useRowForm` tells of the row. */
  row: { changes: object; isOutdated: boolean; rebase: () => void };
  problems: P;
  save: { isPending: boolean; isSuccess: boolean; error: Error | null; reset: () => void };
  /** Why nothing can be saved right now, other than that nothing has been changed. */
  reason: string | null;
  onSave: () => void;
  onCancel: () => void;
  children: (shown: Partial<P>, refused: ApiError | null) => ReactNode;
}

/** A form in a dialog that changes something stored: it sends changes only, and tells those of somebody else. */
export function RowForm<P extends object>({
  row,
  problems,
  save,
  reason,
  onSave,
  onCancel,
  children,
}: RowFormProps<P>) {
  const isDirty = Object.keys(row.changes).length > 0;
  return (
    <DialogForm
      problems={problems}
      save={save}
      submit="Save changes"
      reason={reason ?? (isDirty ? null : "Nothing has been changed.")}
      onCancel={onCancel}
      onSave={onSave}
    >
      {(shown, refused) => (
        <>
          {row.isOutdated && !save.isPending && !save.isSuccess && (
            <ChangedElsewhere
              onRebase={() => {
                save.reset();
                row.rebase();
              }}
            />
          )}
          {children(shown, refused)}
        </>
      )}
    </DialogForm>
  );
}
