import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Board, Interview, InterviewConfirm } from "@/api/types";

/** Begins an interview, or asks the agent again when it owes an answer. */
export function useStartInterview(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call<Interview>(
        client.POST("/api/v1/boards/{board_id}/onboarding/start", { params: { path: { board_id: board } }, body: {} }),
      ),
    onSuccess: (interview) => cache.setQueryData(keys.interview(board), interview),
  });
}

/** Answers the agent's question, or tells it more about a draft. */
export function useAnswer(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { answer: string; other_text?: string }) =>
      call<Interview>(
        client.POST("/api/v1/boards/{board_id}/onboarding/answer", { params: { path: { board_id: board } }, body }),
      ),
    onSuccess: (interview) => cache.setQueryData(keys.interview(board), interview),
  });
}

/** Accepts the draft: the board gets its goal and its lead. */
export function useConfirmDraft(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: InterviewConfirm) =>
      call<Board>(
        client.POST("/api/v1/boards/{board_id}/onboarding/confirm", { params: { path: { board_id: board } }, body }),
      ),
    onSuccess(saved) {
      cache.setQueryData(keys.boardDetail(board), saved);
      void cache.invalidateQueries({ queryKey: keys.interview(board) });
      void cache.invalidateQueries({ queryKey: keys.boards });
      void cache.invalidateQueries({ queryKey: keys.snapshot(board) });
      void cache.invalidateQueries({ queryKey: keys.agents });
    },
  });
}
