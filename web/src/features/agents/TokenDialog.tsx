import { useState } from "react";
import type { Agent } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { Shown } from "@/components/Shown";
import { Button } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { useRenewToken } from "./mutations";

interface TokenDialogProps {
  agent: Agent;
  open: boolean;
  onClose: () => void;
}

/** Issues a new token, which is shown once. */
export function TokenDialog({ agent, open, onClose }: TokenDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={`New token for ${agent.name}`} width="sm">
      <TokenForm agent={agent} onClose={onClose} />
    </Dialog>
  );
}

function TokenForm({ agent, onClose }: Omit<TokenDialogProps, "open">) {
  const renew = useRenewToken();
  const [revoke, setRevoke] = useState(false);
  const token = renew.data?.token;
  if (token) {
    return (
      <div className="space-y-3">
        <Shown label="Token" text={token} testId="agent-token" />
        <p className="text-sm text-warn">This is the last time that the token is shown.</p>
        {agent.gateway_id && (
          <p className="text-sm text-ink-2">
            An agent on a gateway finds its token in its files. Set it up again, so that they have the new one.
          </p>
        )}
        <DialogActions>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </div>
    );
  }
  return (
    <DialogForm
      problems={{}}
      save={renew}
      submit={revoke ? "Revoke and issue" : "Issue token"}
      danger={revoke}
      onCancel={onClose}
      onSave={() => renew.mutate({ agent: agent.id, revoke })}
    >
      {() => (
        <>
          <p className="text-sm text-ink-2">
            The present token works until the new one is first used, so the program can be changed over without a gap.
          </p>
          <Checkbox
            label="Revoke the present token now"
            description="When it has leaked. The agent is locked out until it has the new one."
            checked={revoke}
            onChange={setRevoke}
          />
        </>
      )}
    </DialogForm>
  );
}
