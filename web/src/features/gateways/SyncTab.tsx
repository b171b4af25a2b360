import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { boardsQuery } from "@/api/queries/boards";
import type { Gateway, SyncResult } from "@/api/types";
import { Badge, type Tone } from "@/components/Badge";
import { FormError } from "@/components/ErrorState";
import { Panel } from "@/components/Panel";
import { Button } from "@/components/ui/Button";
import { Checkbox } from "@/components/ui/Checkbox";
import { Combobox } from "@/components/ui/Combobox";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Field } from "@/components/ui/Field";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { type SyncOptions, useSync } from "./mutations";

type Choice = Exclude<keyof SyncOptions, "board_id" | "dry_run">;

const CHOICES: { name: Choice; label: string; description: string }[] = [
  { name: "include_main", label: "Also the main agent", description: "The one that answers for the gateway." },
  { name: "lead_only", label: "Of the others only leads", description: "Workers are left alone." },
  {
    name: "reset_sessions",
    label: "Begin sessions anew",
    description: "The agents forget their conversations so far; files and memory stay.",
  },
  {
    name: "rotate_tokens",
    label: "Give new tokens",
    description: "Written into the files. The present ones work until the new ones are used.",
  },
  {
    name: "overwrite",
    label: "Replace what agents changed in the server's texts",
    description: "Also writes USER.md and MEMORY.md again: what stands in them is lost.",
  },
  {
    name: "force_bootstrap",
    label: "Write the files with the first steps again",
    description: "As if the agents started for the first time.",
  },
];

const NOTHING: Record<Choice, boolean> = {
  include_main: true,
  lead_only: false,
  reset_sessions: false,
  rotate_tokens: false,
  overwrite: false,
  force_bootstrap: false,
};

/** Brings the agents of a gateway in line with what is stored here; what would be done can be seen first. */
export function SyncTab({ gateway }: { gateway: Gateway }) {
  const admin = useOrganizationAdmin();
  const boards = (useQuery(boardsQuery).data?.items ?? []).filter((board) => board.gateway_id === gateway.id);
  const sync = useSync(gateway.id);
  const rehearsal = useSync(gateway.id);
  const [options, setOptions] = useState(NOTHING);
  const [board, setBoard] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const wanted = { ...options, ...(board ? { board_id: board } : {}) };
  const isHarsh = options.reset_sessions || options.overwrite || options.rotate_tokens || options.force_bootstrap;
  const change = (next: () => void) => {
    next();
    // What was found out belongs to other choices.
    rehearsal.reset();
    sync.reset();
  };
  const run = () => sync.mutateAsync({ ...wanted, dry_run: false });
  return (
    <div className="grid grid-cols-2 items-start gap-4 max-lg:grid-cols-1">
      <Panel title="Sync agents" note="entries, configuration, files, sessions">
        <div className="space-y-3">
          <Field label="Whose">
            {({ id }) => (
              <Combobox
                id={id}
                none="All boards of this gateway"
                value={board}
                options={boards.map((entry) => ({ value: entry.id, label: entry.name }))}
                onChange={(next) => change(() => setBoard(next))}
                className="w-full"
              />
            )}
          </Field>
          {CHOICES.map((choice) => (
            <Checkbox
              key={choice.name}
              label={choice.label}
              description={choice.description}
              checked={options[choice.name]}
              onChange={(checked) => change(() => setOptions({ ...options, [choice.name]: checked }))}
            />
          ))}
          <FormError error={rehearsal.error ?? sync.error} />
          <div className="flex flex-wrap gap-2 pt-1">
            <Button
              reason={admin.reason}
              busy={rehearsal.isPending}
              onClick={() => rehearsal.mutate({ ...wanted, dry_run: true })}
            >
              Preview changes
            </Button>
            <Button
              variant="primary"
              reason={admin.reason}
              busy={sync.isPending}
              onClick={() => (isHarsh ? setAsking(true) : sync.mutate({ ...wanted, dry_run: false }))}
            >
              {sync.isPending ? "Syncing…" : "Sync"}
            </Button>
          </div>
        </div>
      </Panel>
      <Panel title={sync.data ? "Result" : "Preview"}>
        {sync.data ? (
          <Result result={sync.data} />
        ) : rehearsal.data ? (
          <Result result={rehearsal.data} />
        ) : (
          <p className="text-ink-2">
            Files are kept up to date by themselves. This is for what went out of line: after work on the gateway's
            machine, or when agents have changed what they should not.
          </p>
        )}
      </Panel>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Sync agents?"
        action="Sync"
        typeToConfirm={options.overwrite ? gateway.name : undefined}
        onConfirm={run}
      >
        <p>This takes from agents what they have now:</p>
        <ul className="list-disc pl-5">
          {CHOICES.filter((choice) => options[choice.name] && choice.name !== "include_main").map((choice) => (
            <li key={choice.name}>{choice.label}</li>
          ))}
        </ul>
      </ConfirmDialog>
    </div>
  );
}

const ACTIONS: Record<string, { label: string; tone: Tone }> = {
  set_up: { label: "Set up", tone: "accent" },
  refresh: { label: "Brought up to date", tone: "ok" },
  skip: { label: "Left alone: paused", tone: "neutral" },
};

function Result({ result }: { result: SyncResult }) {
  const failure = (agent: string) => result.errors?.find((error) => error.agent_id === agent)?.message;
  const general = (result.errors ?? []).filter((error) => !error.agent_id);
  return (
    <div className="space-y-3">
      {!result.dry_run && (
        <p role="status">
          {result.agents_updated} synced, {result.agents_skipped} skipped
          {result.include_main && (result.main_updated ? ", and the main agent" : ", but not the main agent")}.
        </p>
      )}
      {general.map((error) => (
        <p key={error.message} role="alert" className="break-words text-danger">
          {error.message}
        </p>
      ))}
      <ul aria-label="Agents" className="divide-y divide-line">
        {result.agents.map((agent) => {
          const message = failure(agent.agent_id);
          const action = message ? { label: "Failed", tone: "danger" as const } : ACTIONS[agent.action];
          return (
            <li key={agent.agent_id} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 py-2">
              <Link
                to="/agents/$agentId"
                params={{ agentId: agent.agent_id }}
                className="min-w-0 flex-1 truncate hover:underline"
              >
                {agent.agent_name}
              </Link>
              {agent.behind && result.dry_run && <span className="text-xs text-warn">files behind</span>}
              <Badge tone={action?.tone}>{action?.label ?? agent.action}</Badge>
              {message && <span className="basis-full text-xs break-words text-danger">{message}</span>}
            </li>
          );
        })}
      </ul>
      {result.agents.length === 0 && general.length === 0 && <p className="text-ink-2">No agents affected.</p>}
    </div>
  );
}
