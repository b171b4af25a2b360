import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import { API_ORIGIN, serverLink } from "@/api/origin";
import { boardsQuery } from "@/api/queries/boards";
import type { Agent } from "@/api/types";
import { Code } from "@/components/Code";
import { DialogForm } from "@/components/DialogForm";
import { Shown } from "@/components/Shown";
import { Button } from "@/components/ui/Button";
import { Combobox } from "@/components/ui/Combobox";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { Switch } from "@/components/ui/Switch";
import { TextField } from "@/components/ui/TextField";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { useDraft } from "@/lib/drafts";
import { checkInCommand } from "./describe";
import { useCreateAgent } from "./mutations";
import { EVERY_DEFAULT, profileWith, WAKE_OPTIONS, type Wake } from "./profile";
import { SignField } from "./SignField";

const route = getRouteApi("/shell/agents/new");

/** Asks for what a new agent needs, and shows its token where it has one. Its address is `/agents/new`. */
export function CreateAgentDialog() {
  const navigate = route.useNavigate();
  const [made, setMade] = useState<Agent | null>(null);
  const back = () => void navigate({ to: "/agents", search: (search) => search, replace: true });
  const show = (agent: Agent) =>
    void navigate({ to: "/agents/$agentId", params: { agentId: agent.id }, search: {}, replace: true });
  return (
    <Dialog open onClose={made ? () => show(made) : back} title={made ? `${made.name} is ready` : "New agent"}>
      {made ? (
        <Made agent={made} onClose={() => show(made)} />
      ) : (
        <CreateAgentForm onMade={(agent) => (agent.token ? setMade(agent) : show(agent))} onClose={back} />
      )}
    </Dialog>
  );
}

function CreateAgentForm({ onMade, onClose }: { onMade: (agent: Agent) => void; onClose: () => void }) {
  const create = useCreateAgent();
  const admin = useOrganizationAdmin();
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const [name, setName] = useDraft("agent.new.name");
  const [role, setRole] = useDraft("agent.new.role");
  const [style, setStyle] = useDraft("agent.new.style");
  const [emoji, setEmoji] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [lead, setLead] = useState(false);
  const [every, setEvery] = useState(EVERY_DEFAULT);
  const [wake, setWake] = useState<Wake>("work");
  // The boards may come after the dialog.
  const board = chosen === null ? boards[0] : boards.find((entry) => entry.id === chosen);
  const problems = {
    ...(name.trim() ? {} : { name: "Give the agent a name." }),
    ...(board ? {} : { board: "Make a board first." }),
  };
  return (
    <DialogForm
      problems={problems}
      save={create}
      submit={create.isPending ? (board?.gateway_id ? "Setting up…" : "Creating…") : "Create agent"}
      reason={admin.reason}
      onCancel={onClose}
      onSave={() => {
        if (!board) return;
        const profile = profileWith(null, { role, emoji, communication_style: style });
        create.mutate(
          {
            name: name.trim(),
            board_id: board.id,
            is_board_lead: lead,
            status: "provisioning",
            ...(board.gateway_id ? { heartbeat_config: { every: every.trim() || EVERY_DEFAULT, wake } } : {}),
            ...(profile ? { identity_profile: profile } : {}),
          },
          {
            onSuccess(agent) {
              setName("");
              setRole("");
              setStyle("");
              onMade(agent);
            },
          },
        );
      }}
    >
      {(shown: { name?: string; board?: string }, refused) => (
        <>
          <TextField
            label="Name"
            required
            error={shown.name ?? refused?.field("name")}
            value={name}
            onChange={setName}
          />
          <Field
            label="Board"
            required
            hint={
              board?.gateway_id
                ? "The board has a gateway: the agent is set up there, gets its files and is woken."
                : "The board has no gateway: the agent may run anywhere, and gets a token."
            }
            error={shown.board ?? refused?.field("board_id")}
          >
            {({ id, "aria-describedby": describedBy }) => (
              <Combobox
                id={id}
                aria-describedby={describedBy}
                value={board?.id ?? null}
                options={boards.map((entry) => ({ value: entry.id, label: entry.name }))}
                onChange={setChosen}
                className="w-full"
              />
            )}
          </Field>
          <div className="grid grid-cols-[minmax(0,1fr)_11rem] gap-3 max-md:grid-cols-1">
            <TextField
              label="Role"
              hint="A few words, such as “Release engineer”."
              error={refused?.field("identity_profile")}
              value={role}
              onChange={setRole}
            />
            <SignField value={emoji} onChange={setEmoji} />
          </div>
          <TextField
            label="Communication style"
            hint="How it writes, such as “direct, concise, practical”."
            value={style}
            onChange={setStyle}
          />
          {board?.gateway_id && (
            <div className="grid grid-cols-[minmax(0,1fr)_8rem] gap-3 max-md:grid-cols-1">
              <Field label="Woken" hint={WAKE_OPTIONS.find((option) => option.value === wake)?.note}>
                {({ id, "aria-describedby": describedBy }) => (
                  <Select
                    id={id}
                    aria-describedby={describedBy}
                    value={wake}
                    options={WAKE_OPTIONS}
                    onChange={setWake}
                    className="w-full"
                  />
                )}
              </Field>
              <TextField
                label="At most every"
                hint="1m to 24h."
                error={refused?.field("heartbeat_config.every")}
                value={every}
                onChange={setEvery}
              />
            </div>
          )}
          <Switch
            label="Leads the board"
            description="A lead hands out the tasks, reviews what comes back, and is told of every event. A board has one."
            checked={lead}
            onChange={setLead}
          />
        </>
      )}
    </DialogForm>
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
        <Code label="Example command" text={checkInCommand(API_ORIGIN, token)} />
        <p className="mt-1 text-xs text-ink-3">
          The{" "}
          <a href={serverLink("/help/agents")} className="text-accent-text underline">
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
