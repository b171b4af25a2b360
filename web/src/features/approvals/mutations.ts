import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Approval } from "@/api/types";

/** What is decided about an approval; `pending` takes a decision back. */
export interface Decision {
  approval: Approval;
  status: "approved" | "rejected" | "pending";
  note?: string;
}

/** Decides an approval, or opens it again. */
export function useDecide() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ approval, status, note }: Decision) =>
      call(
        client.PATCH("/api/v1/boards/{board_id}/approvals/{approval_id}", {
          params: { path: { board_id: approval.board_id, approval_id: approval.id } },
          body: { status, ...(note ? { decision_note: note } : {}) },
        }),
      ),
    // Whoever was faster, what the server has now is what is shown.
    onSettled: (_answer, _error, { approval }) =>
      Promise.all([
        cache.invalidateQueries({ queryKey: keys.approvals }),
        cache.invalidateQueries({ queryKey: keys.snapshot(approval.board_id) }),
      ]),
  });
}
