import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay } from "lucide-react";
import { Suspense, useState } from "react";
import { call, client } from "@/api/client";
import { keys } from "@/api/keys";
import type { Board } from "@/api/types";
import { Button } from "@/components/ui/Button";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { useCommands } from "@/features/shell/commands";
import { late } from "@/lib/late";
import { notifySuccess } from "@/lib/notify";

const PauseDialog = late(() => import("@/features/board/PauseDialog"));

/** The emergency stop: stops the agents of all boards of the organization, or lets them go on. */
export function PauseAll({ boards }: { boards: readonly Board[] }) {
  const cache = useQueryClient();
  const admin = useOrganizationAdmin();
  const [asking, setAsking] = useState(false);
  const paused = boards.length > 0 && boards.every((board) => board.paused_at !== null);
  const pause = useMutation({
    mutationFn: (stop: boolean) => call(client.POST("/api/v1/boards/pause", { body: { paused: stop } })),
    onSuccess({ changed }, stop) {
      void cache.invalidateQueries({ queryKey: keys.boards });
      void cache.invalidateQueries({ queryKey: ["board"] });
      const what = changed === 1 ? "1 board" : `${changed} boards`;
      notifySuccess(stop ? `The agents of ${what} are paused` : `The agents of ${what} go on`);
    },
  });
  const title = paused ? "Resume all boards" : "Pause all boards";
  useCommands([
    {
      heading: "All boards",
      commands: [
        {
          title: `${title}…`,
          words: "emergency stop agents",
          icon: paused ? <CirclePlay size={15} /> : <CirclePause size={15} />,
          reason: admin.reason,
          run: () => setAsking(true),
        },
      ],
    },
  ]);
  return (
    <>
      <Button
        icon={paused ? <CirclePlay size={15} /> : <CirclePause size={15} />}
        reason={admin.reason}
        busy={pause.isPending}
        aria-label={title}
        onClick={() => setAsking(true)}
        className="max-md:w-10 max-md:px-0!"
      >
        <span className="max-md:hidden">{paused ? "Resume all" : "Pause all"}</span>
      </Button>
      {asking && (
        <Suspense>
          <PauseDialog
            everywhere
            paused={paused}
            onClose={() => setAsking(false)}
            onConfirm={() => pause.mutateAsync(!paused)}
          />
        </Suspense>
      )}
    </>
  );
}
