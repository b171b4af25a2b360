import { ConfirmDialog } from "@/components/ui/ConfirmDialog";

interface PauseAllDialogProps {
  /** Whether all boards are paused now. */
  paused: boolean;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
}

/** Asks before all agents of the organization are stopped, or let go on. */
export default function PauseAllDialog({ paused, onClose, onConfirm }: PauseAllDialogProps) {
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={paused ? "Resume the agents of all boards?" : "Pause the agents of all boards?"}
      action={paused ? "Resume all boards" : "Pause all boards"}
      onConfirm={onConfirm}
    >
      {paused ? (
        <p>They are told to go on, and get the messages that have waited meanwhile.</p>
      ) : (
        <p>
          Every agent of this organization is told to stop, also on boards that you do not see. Messages of work wait
          until you resume; what people write to agents still arrives. Tasks stay as they are.
        </p>
      )}
    </ConfirmDialog>
  );
}
