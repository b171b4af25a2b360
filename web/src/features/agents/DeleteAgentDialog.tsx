import { useState } from "react";
import type { Agent } from "@/api/types";
import { Checkbox } from "@/components/ui/Checkbox";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { useDeleteAgent } from "./mutations";

interface DeleteAgentDialogProps {
  agent: Agent;
  open: boolean;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks before an agent is deleted. Whether its gateway may be cleaned up later is for the person to say. */
export function DeleteAgentDialog({ agent, open, onClose, onDeleted }: DeleteAgentDialogProps) {
  const remove = useDeleteAgent();
  const isTroubled = Boolean(agent.waits_for_gateway_since) || agent.lifecycle_state === "failed";
  const [force, setForce] = useState(isTroubled);
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Delete ${agent.name}?`}
      action="Delete agent"
      typeToConfirm={agent.is_board_lead || agent.is_gateway_main ? agent.name : undefined}
      onConfirm={async () => {
        await remove.mutateAsync({ agent: agent.id, force: force && Boolean(agent.gateway_id) });
        onDeleted?.();
      }}
    >
      <p>
        Its tasks go back to the inbox, its token ends at once
        {agent.gateway_id ? ", and its files and sessions on the gateway are removed." : "."}
      </p>
      {agent.is_board_lead && <p>It leads its board: nobody hands out tasks there until there is another lead.</p>}
      {agent.is_gateway_main && <p>It answers for its whole gateway, and is made anew at the next sync.</p>}
      {agent.gateway_id && (
        <Checkbox
          label="Also while its gateway is away"
          description="It goes here at once; the gateway is cleaned up when it can be reached."
          checked={force}
          onChange={setForce}
        />
      )}
    </ConfirmDialog>
  );
}
