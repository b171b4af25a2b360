import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { TaskStatus } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { STATUS_LABEL } from "@/features/task/status";

interface MoveCommentDialogProps {
  /** What is moved, in words. */
  what: string;
  target: TaskStatus;
  refusal: string | null;
  onMove: (comment: string) => Promise<void>;
  onClose: () => void;
}

/** Asks for the comment that the board's rules want with a move. */
export default function MoveCommentDialog({ what, target, refusal, onMove, onClose }: MoveCommentDialogProps) {
  const [comment, setComment] = useState("");
  const [missing, setMissing] = useState(false);
  const move = useMutation({ mutationFn: () => onMove(comment.trim()), onSuccess: onClose });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Move to ${STATUS_LABEL[target]}`}
      description={refusal ?? "This board asks for a comment with this move."}
      width="sm"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(!comment.trim());
          if (comment.trim() && !move.isPending) move.mutate();
        }}
      >
        <p className="mb-3 truncate text-sm text-ink-2">{what}</p>
        <Field label="Comment" required error={missing ? "Say what was done, or why." : null}>
          {(props) => (
            <textarea
              {...props}
              className="field min-h-24"
              value={comment}
              onChange={(event) => setComment(event.target.value)}
            />
          )}
        </Field>
        <FormError error={move.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={move.isPending}>
            Comment and move
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
