import { useState } from "react";
import type { Agent } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { Checkbox } from "@/components/ui/Checkbox";
import { Dialog } from "@/components/ui/Dialog";
import { notifySuccess } from "@/lib/notify";
import { type SetUpOptions, useReprovisionAgent } from "./mutations";

const CHOICES: { name: keyof SetUpOptions; label: string; description: string }[] = [
  {
    name: "reset_session",
    label: "Begin its session anew",
    description: "It forgets the conversation so far; its files and memory stay.",
  },
  { name: "wake", label: "Wake it afterwards", description: "Costs a call of its model." },
  {
    name: "rotate_token",
    label: "Give it a new token",
    description: "Written into its files. The present one works until the new one is used.",
  },
  {
    name: "overwrite",
    label: "Replace what it changed in the server's texts",
    description: "Also writes USER.md and MEMORY.md again.",
  },
  {
    name: "force_bootstrap",
    label: "Write the file with the first steps again",
    description: "As if it started for the first time.",
  },
];

interface SetUpDialogProps {
  agent: Agent;
  open: boolean;
  onClose: () => void;
}

/** Asks how an agent is set up on its gateway once more. */
export function SetUpDialog({ agent, open, onClose }: SetUpDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Set ${agent.name} up again`}
      description="Its entry, configuration, files and session on the gateway are brought up to date."
    >
      <SetUpForm agent={agent} onClose={onClose} />
    </Dialog>
  );
}

function SetUpForm({ agent, onClose }: Omit<SetUpDialogProps, "open">) {
  const setUp = useReprovisionAgent();
  const [options, setOptions] = useState<Required<SetUpOptions>>({
    reset_session: true,
    wake: true,
    rotate_token: false,
    force_bootstrap: false,
    overwrite: false,
  });
  return (
    <DialogForm
      problems={{}}
      save={setUp}
      submit={setUp.isPending ? "Setting up…" : "Set up again"}
      onCancel={onClose}
      onSave={() =>
        setUp.mutate(
          { agent: agent.id, options },
          {
            onSuccess() {
              notifySuccess(`${agent.name} is set up again`);
              onClose();
            },
          },
        )
      }
    >
      {() =>
        CHOICES.map((choice) => (
          <Checkbox
            key={choice.name}
            label={choice.label}
            description={choice.description}
            checked={options[choice.name]}
            onChange={(checked) => setOptions({ ...options, [choice.name]: checked })}
          />
        ))
      }
    </DialogForm>
  );
}
