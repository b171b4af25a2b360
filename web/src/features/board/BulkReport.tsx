import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import type { BulkOutcome } from "./bulk";
import { useBoard } from "./context";

/** Which tasks a change of several did not reach, and why. */
export function BulkReport({ outcome, onClose }: { outcome: BulkOutcome; onClose: () => void }) {
  const { openTask } = useBoard();
  const { done, refused } = outcome;
  return (
    <Dialog
      open
      onClose={onClose}
      title={refused.length === 1 ? "One task was not changed" : `${refused.length} tasks were not changed`}
      description={
        done.length > 0
          ? `${done.length} of ${done.length + refused.length} were changed. The others are still selected.`
          : "They are still selected."
      }
    >
      <ul className="divide-y divide-line rounded-md border border-line">
        {refused.map(({ task, reason }) => (
          <li key={task.id} className="px-3 py-2">
            <button
              type="button"
              className="block max-w-full truncate text-left font-medium hover:underline"
              onClick={() => {
                onClose();
                openTask(task.id);
              }}
            >
              {task.title}
            </button>
            <p className="text-sm break-words text-ink-2">{reason}</p>
          </li>
        ))}
      </ul>
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
