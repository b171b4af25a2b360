import { ConfirmDialog } from "@/components/ui/ConfirmDialog";

interface PauseDialogProps {
  /** Whether the board is paused now. */
  paused: boolean;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
}

/** Asks before the agents of a board are stopped, or let go on. */
export default function PauseDialog({ paused, onClose, onConfirm }: PauseDialogProps) {
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={paused ? "Resume the agents of this board?" : "Pause the agents of this board?"}
      action={paused ? "Resume agents" : "Pause agents"}
      onConfirm={onConfirm}
    >
      {paused ? (
        <p>They are told to go on, and get the messages that have waited meanwhile.</p>
      ) : (
        <p>
          They are told to stop. Messages of work wait until you resume; what people write to them still arrives. Tasks
          stay as they are.
        </p>
      )}
    </ConfirmDialog>
  );
}
