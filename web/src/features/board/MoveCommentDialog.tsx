import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { TaskStatus } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { Dialog } from "@/components/ui/Dialog";
import { TextAreaField } from "@/components/ui/TextField";
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
  const move = useMutation({ mutationFn: () => onMove(comment.trim()), onSuccess: onClose });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Move to ${STATUS_LABEL[target]}`}
      description={refusal ?? "This board asks for a comment with this move."}
      width="sm"
    >
      <DialogForm
        problems={comment.trim() ? {} : { comment: "Say what was done, or why." }}
        save={move}
        submit="Comment and move"
        onCancel={onClose}
        onSave={move.mutate}
      >
        {(shown: { comment?: string }) => (
          <>
            <p className="truncate text-sm text-ink-2">{what}</p>
            <TextAreaField
              label="Comment"
              required
              error={shown.comment}
              rows={5}
              value={comment}
              onChange={setComment}
            />
          </>
        )}
      </DialogForm>
    </Dialog>
  );
}
