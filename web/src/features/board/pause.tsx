import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay } from "lucide-react";
import { Suspense, useState } from "react";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Board } from "@/api/types";
import { RelativeTime } from "@/components/RelativeTime";
import { Button, IconButton } from "@/components/ui/Button";
import { late } from "@/lib/late";
import { notifySuccess } from "@/lib/notify";
import { patchSnapshot } from "@/live/apply";
import { useBoard } from "./context";

const PauseDialog = late(() => import("./PauseDialog"));

/** Stops the agents of a board, or lets them go on. */
export function usePause(board: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (paused: boolean) =>
      call<Board>(
        client.PATCH("/api/v1/boards/{board_id}", { params: { path: { board_id: board } }, body: { paused } }),
      ),
    onSuccess(saved, paused) {
      patchSnapshot(cache, board, (snapshot) => ({ ...snapshot, board: saved }));
      cache.setQueryData(keys.boardDetail(board), saved);
      void cache.invalidateQueries({ queryKey: keys.boards });
      notifySuccess(paused ? "The agents of this board are paused" : "The agents of this board go on");
    },
  });
}

/** Pauses the board after asking, or lets its agents go on. */
export function PauseButton() {
  const { boardId, snapshot, write } = useBoard();
  const pause = usePause(boardId);
  const [asking, setAsking] = useState(false);
  const paused = Boolean(snapshot.board.paused_at);
  return (
    <>
      <IconButton
        label={paused ? "Resume the agents" : "Pause the agents"}
        reason={write.reason}
        busy={pause.isPending}
        className={paused ? "text-warn!" : undefined}
        onClick={() => setAsking(true)}
      >
        {paused ? <CirclePlay size={16} /> : <CirclePause size={16} />}
      </IconButton>
      {asking && (
        <Suspense>
          <PauseDialog paused={paused} onClose={() => setAsking(false)} onConfirm={() => pause.mutateAsync(!paused)} />
        </Suspense>
      )}
    </>
  );
}

/** Says that the board is paused and since when, with the way back. */
export function PausedBanner() {
  const { boardId, snapshot, write } = useBoard();
  const pause = usePause(boardId);
  const since = snapshot.board.paused_at;
  if (!since) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 items-center gap-3 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn max-md:px-3"
    >
      <CirclePause size={15} className="shrink-0" aria-hidden="true" />
      <p className="min-w-0 flex-1">
        The agents of this board are paused since <RelativeTime value={since} />.
      </p>
      <Button size="sm" reason={write.reason} busy={pause.isPending} onClick={() => pause.mutate(false)}>
        Resume
      </Button>
    </div>
  );
}
