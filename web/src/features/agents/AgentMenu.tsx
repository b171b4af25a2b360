import { AlarmClock, Ellipsis, KeyRound, Pause, Play, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import type { Agent } from "@/api/types";
import { IconButton } from "@/components/ui/Button";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { notifyError, notifySuccess } from "@/lib/notify";
import { DeleteAgentDialog } from "./DeleteAgentDialog";
import { wakeReason } from "./describe";
import { usePauseAgent, useWakeAgent } from "./mutations";
import { SetUpDialog } from "./SetUpDialog";
import { TokenDialog } from "./TokenDialog";

/** What can be done with an agent, each with what it means or why it cannot be done now. */
export function AgentMenu({ agent, onDeleted }: { agent: Agent; onDeleted?: () => void }) {
  const wake = useWakeAgent();
  const pause = usePauseAgent();
  const [open, setOpen] = useState<"token" | "set-up" | "delete" | null>(null);
  const cannotWake = wakeReason(agent);
  const isPaused = agent.status === "paused";
  const failed = (what: string) => (error: unknown) => notifyError(what, { description: messageOf(error) });
  const close = () => setOpen(null);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={`Actions for ${agent.name}`} size="sm" className="relative z-[1]">
            <Ellipsis size={16} />
          </IconButton>
        }
      >
        <MenuItem
          icon={<AlarmClock size={15} />}
          note={cannotWake ?? "It looks for work at once. This costs a call of its model."}
          disabled={cannotWake !== null || wake.isPending}
          onClick={() =>
            wake.mutate(agent.id, {
              onSuccess: () => notifySuccess(`${agent.name} was woken`),
              onError: failed(`${agent.name} was not woken`),
            })
          }
        >
          Wake now
        </MenuItem>
        <MenuItem
          icon={isPaused ? <Play size={15} /> : <Pause size={15} />}
          note={isPaused ? "It is woken for work again." : "It is not woken for work. Messages still reach it."}
          disabled={pause.isPending}
          onClick={() =>
            pause.mutate(
              { agent: agent.id, paused: !isPaused },
              {
                onSuccess: () => notifySuccess(isPaused ? `${agent.name} goes on` : `${agent.name} is paused`),
                onError: failed(`${agent.name} was not changed`),
              },
            )
          }
        >
          {isPaused ? "Resume" : "Pause"}
        </MenuItem>
        {agent.gateway_id && (
          <MenuItem
            icon={<RotateCw size={15} />}
            note="Its entry, files and session on the gateway are brought up to date."
            onClick={() => setOpen("set-up")}
          >
            Set up again…
          </MenuItem>
        )}
        <MenuItem
          icon={<KeyRound size={15} />}
          note="The present one works until the new one is first used."
          onClick={() => setOpen("token")}
        >
          New token…
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={15} />} danger onClick={() => setOpen("delete")}>
          Delete…
        </MenuItem>
      </Menu>
      <TokenDialog agent={agent} open={open === "token"} onClose={close} />
      <SetUpDialog agent={agent} open={open === "set-up"} onClose={close} />
      <DeleteAgentDialog agent={agent} open={open === "delete"} onClose={close} onDeleted={onDeleted} />
    </>
  );
}
