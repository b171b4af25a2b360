import { Check } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import type { Agent, Board } from "@/api/types";
import { Code } from "@/components/Code";
import { FormError } from "@/components/ErrorState";
import { Shown } from "@/components/Shown";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { Switch } from "@/components/ui/Switch";
import { checkInCommand } from "./describe";
import { useCreateAgent } from "./mutations";

interface CreateAgentDialogProps {
  boards: Board[];
  open: boolean;
  onClose: () => void;
}

/** Asks for what a new agent needs, and shows its token where it has one. */
export function CreateAgentDialog({ boards, open, onClose }: CreateAgentDialogProps) {
  const [made, setMade] = useState<Agent | null>(null);
  const close = () => {
    onClose();
    setMade(null);
  };
  return (
    <Dialog open={open} onClose={close} title={made ? `${made.name} is ready` : "New agent"}>
      {made ? (
        <Made agent={made} onClose={close} />
      ) : (
        <CreateAgentForm boards={boards} onMade={(agent) => (agent.token ? setMade(agent) : close())} onClose={close} />
      )}
    </Dialog>
  );
}

function CreateAgentForm({
  boards,
  onMade,
  onClose,
}: {
  boards: Board[];
  onMade: (agent: Agent) => void;
  onClose: () => void;
}) {
  const create = useCreateAgent();
  const [name, setName] = useState("");
  const [role, setRole] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [lead, setLead] = useState(false);
  const [tried, setTried] = useState(false);
  // The boards may come after the dialog.
  const board = chosen === null ? boards[0] : boards.find((entry) => entry.id === chosen);
  const refused = create.error instanceof ApiError ? create.error : null;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!name.trim() || !board || create.isPending) return;
        create.mutate(
          {
            name: name.trim(),
            board_id: board.id,
            is_board_lead: lead,
            status: "provisioning",
            ...(role.trim() ? { identity_profile: { role: role.trim() } } : {}),
          },
          { onSuccess: onMade },
        );
      }}
    >
      <Field label="Name" required error={tried && !name.trim() ? "Give the agent a name." : refused?.field("name")}>
        {(props) => (
          <input {...props} className="field" value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field
        label="Board"
        required
        hint={
          board?.gateway_id
            ? "The board has a gateway: the agent is set up there, gets its files and is woken."
            : "The board has no gateway: the agent may run anywhere, and gets a token."
        }
        error={tried && !board ? "Make a board first." : refused?.field("board_id")}
      >
        {({ id, "aria-describedby": describedBy }) => (
          <Select
            id={id}
            aria-describedby={describedBy}
            value={board?.id ?? ""}
            options={boards.map((entry) => ({ value: entry.id, label: entry.name }))}
            onChange={setChosen}
            className="w-full"
          />
        )}
      </Field>
      <Field label="Role" hint="A few words, such as “Release engineer”." error={refused?.field("identity_profile")}>
        {(props) => (
          <input {...props} className="field" value={role} onChange={(event) => setRole(event.target.value)} />
        )}
      </Field>
      <Switch
        label="Leads the board"
        description="A lead hands out the tasks, reviews what comes back, and is told of every event. A board has one."
        checked={lead}
        onChange={setLead}
      />
      <FormError error={create.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {create.isPending ? "Creating…" : "Create agent"}
        </Button>
      </DialogActions>
    </form>
  );
}

function Made({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const token = agent.token ?? "";
  return (
    <div className="space-y-4">
      <Shown label="Token" text={token} testId="agent-token" />
      <p className="text-sm text-warn">This is the last time that the token is shown.</p>
      <div>
        <p className="mb-1 text-sm font-medium">Let it check in</p>
        <Code label="Example command" text={checkInCommand(location.origin, token)} />
        <p className="mt-1 text-xs text-ink-3">
          The{" "}
          <a href="/help/agents" className="text-accent-text underline">
            manual
          </a>{" "}
          has a program that does tasks from the inbox to the review.
        </p>
      </div>
      <DialogActions>
        <Button variant="primary" icon={<Check size={15} />} onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}
