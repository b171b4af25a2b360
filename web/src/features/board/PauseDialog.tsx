import { ConfirmDialog } from "@/components/ui/ConfirmDialog";

interface PauseDialogProps {
  /** All boards of the organization instead of one. */
  everywhere?: boolean;
  /** Whether what is asked about is paused now. */
  paused: boolean;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
}

/** Asks before agents are stopped, or let go on: those of a board, or of all boards. */
export default function PauseDialog({ everywhere = false, paused, onClose, onConfirm }: PauseDialogProps) {
  const verb = paused ? "Resume" : "Pause";
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`${verb} the agents of ${everywhere ? "all boards" : "this board"}?`}
      action={everywhere ? `${verb} all boards` : `${verb} agents`}
      onConfirm={onConfirm}
    >
      {paused ? (
        <p>They are told to go on, and get the messages that have waited meanwhile.</p>
      ) : (
        <p>
          {everywhere
            ? "Every agent of this organization is told to stop, also on boards that you do not see."
            : "They are told to stop."}{" "}
          Messages of work wait until you resume; what people write to agents still arrives. Tasks stay as they are.
        </p>
      )}
    </ConfirmDialog>
  );
}
