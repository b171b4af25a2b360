import type { CustomField, CustomFieldUpdate } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { DialogActions } from "@/components/ui/Dialog";
import { notifySuccess } from "@/lib/notify";
import { usePurgeValues } from "./mutations";

interface StoredValuesProps {
  /** The field after the change, with how many values are in the way. */
  saved: CustomField;
  /** The change that was made. */
  update: CustomFieldUpdate;
  onClose: () => void;
}

/** After a change: asks what becomes of values that tasks have and that the field would not show or accept now. */
export function StoredValues({ saved, update, onClose }: StoredValuesProps) {
  const purge = usePurgeValues(saved.id);
  const hidden = saved.hidden_value_count ?? 0;
  const unfit = saved.unfit_value_count ?? 0;
  return (
    <div className="space-y-3 text-sm text-ink-2">
      <p>The field was changed. Tasks keep the values that they have:</p>
      <ul className="list-disc space-y-1 pl-5">
        {hidden > 0 && (
          <li>
            {hidden === 1 ? "One value is" : `${hidden} values are`} on boards that do not show the field any more.
          </li>
        )}
        {unfit > 0 && (
          <li>{unfit === 1 ? "One value would" : `${unfit} values would`} not be accepted if it were entered now.</li>
        )}
      </ul>
      <FormError error={purge.error} />
      <DialogActions>
        <Button
          variant="danger"
          busy={purge.isPending}
          onClick={() =>
            purge.mutate(update, {
              onSuccess() {
                notifySuccess("The values were deleted");
                onClose();
              },
            })
          }
        >
          Delete {hidden + unfit === 1 ? "this value" : "these values"}
        </Button>
        <Button variant="primary" onClick={onClose}>
          Keep
        </Button>
      </DialogActions>
    </div>
  );
}
