import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Board } from "@/api/types";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { notifySuccess } from "@/lib/notify";

/** Deletes a board after its name was typed, and goes to the list of boards. */
export default function DeleteBoardDialog({ board, onClose }: { board: Board; onClose: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Delete “${board.name}”?`}
      action="Delete board"
      typeToConfirm={board.name}
      onConfirm={async () => {
        await call(client.DELETE("/api/v1/boards/{board_id}", { params: { path: { board_id: board.id } } }));
        await navigate({ to: "/boards" });
        cache.removeQueries({ queryKey: keys.board(board.id) });
        void cache.invalidateQueries({ queryKey: keys.boards });
        notifySuccess(`Deleted “${board.name}”`);
      }}
    >
      <p>Its tasks, comments, chat, notes and webhooks will be gone for good.</p>
    </ConfirmDialog>
  );
}
