import { Link } from "@tanstack/react-router";
import { Check, CircleAlert, CircleDashed, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import type { Agent } from "@/api/types";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { Panel } from "@/components/Panel";
import { Property, PropertyList } from "@/components/PropertyList";
import { DueTime, RelativeTime } from "@/components/RelativeTime";
import { Button } from "@/components/ui/Button";
import { cx } from "@/lib/cx";
import { notifyError } from "@/lib/notify";
import { cadenceOf, callsOf, workOf } from "./describe";
import { useReprovisionAgent, useWakeAgent } from "./mutations";
import { reportState, stepLabel } from "./report";
import { type Step, stepsOf, type Waiting, waitingOf } from "./setup";
import { TokenDialog } from "./TokenDialog";

/** Whether an agent is well, how it came to be, and what its rhythm costs. */
export function OverviewTab({ agent }: { agent: Agent }) {
  const waiting = waitingOf(agent);
  const work = workOf(agent);
  return (
    <div className="space-y-4">
      {waiting && <Notice agent={agent} waiting={waiting} />}
      <div className="grid grid-cols-2 items-start gap-4 max-lg:grid-cols-1">
        <div className="space-y-4">
          <Panel title="Now">
            <PropertyList>
              <Property label="Works on">
                {agent.current_task && (
                  <Link
                    to="/boards/$boardId"
                    params={{ boardId: agent.current_task.board_id }}
                    search={{ taskId: agent.current_task.id }}
                    className="text-accent-text hover:underline"
                  >
                    {agent.current_task.title}
                  </Link>
                )}
              </Property>
              {agent.current_task?.in_progress_at && (
                <Property label="Since">
                  <RelativeTime value={agent.current_task.in_progress_at} />
                </Property>
              )}
              <Property label="Queued work">{work.length > 0 && work.join(", ")}</Property>
              <Property label="Last heartbeat">
                {agent.last_seen_at && <RelativeTime value={agent.last_seen_at} />}
              </Property>
            </PropertyList>
          </Panel>
          <Panel title="Heartbeat">
            <PropertyList>
              <Property label="Wake policy">{cadenceOf(agent)}</Property>
              {agent.gateway_id && (
                <Property label="Last wake">
                  {agent.last_wake_at && (
                    <>
                      <RelativeTime value={agent.last_wake_at} />
                      {agent.last_wake_reason && <span className="text-ink-3"> · {agent.last_wake_reason}</span>}
                    </>
                  )}
                </Property>
              )}
              {agent.next_round_at && (
                <Property label="Next check">
                  <DueTime value={agent.next_round_at} />
                </Property>
              )}
              {agent.checkin_deadline_at && (
                <Property label="Heartbeat due">
                  <RelativeTime value={agent.checkin_deadline_at} />
                </Property>
              )}
              {agent.next_attempt_at && (
                <Property label="Next attempt">
                  <DueTime value={agent.next_attempt_at} />
                </Property>
              )}
              {agent.missed_checkins > 0 && <Property label="Deadlines missed">{agent.missed_checkins}</Property>}
              <Property label="Model calls per day">{callsOf(agent)}</Property>
            </PropertyList>
          </Panel>
        </div>
        <div className="space-y-4">
          <Panel title="Setup">
            <ol className="space-y-3">
              {stepsOf(agent).map((step) => (
                <StepRow key={step.name} step={step} />
              ))}
            </ol>
            <RunSteps agent={agent} />
          </Panel>
          <Panel title="Identity">
            <PropertyList>
              <Property label="Id">
                <Id text={agent.id} label="id" />
              </Property>
              {agent.openclaw_session_id && (
                <Property label="Session">
                  <Id text={agent.openclaw_session_id} label="key of the session" />
                </Property>
              )}
              <Property label="Created">
                <RelativeTime value={agent.created_at} />
              </Property>
              <Property label="Updated">
                <RelativeTime value={agent.updated_at} />
              </Property>
              <Property label="Provisioned">{timesOf(agent.lifecycle_generation)}</Property>
              <Property label="Token expires">
                {agent.token_expires_at ? <RelativeTime value={agent.token_expires_at} /> : "never"}
              </Property>
            </PropertyList>
          </Panel>
        </div>
      </div>
    </div>
  );
}

/** What the agent waits for, and the one thing to do. */
function Notice({ agent, waiting }: { agent: Agent; waiting: Waiting }) {
  const wake = useWakeAgent();
  const setUp = useReprovisionAgent();
  const [token, setToken] = useState(false);
  const onError = (error: unknown) => notifyError("That did not work", { description: messageOf(error) });
  return (
    <div
      role="status"
      className={cx(
        "flex flex-wrap items-center gap-3 rounded-lg px-4 py-3",
        waiting.action ? "bg-warn-soft text-warn" : "bg-accent-soft text-accent-text",
      )}
    >
      <p className="min-w-0 flex-1 basis-60">{waiting.text}</p>
      {waiting.action === "wake" && (
        <Button size="sm" busy={wake.isPending} onClick={() => wake.mutate(agent.id, { onError })}>
          Wake now
        </Button>
      )}
      {waiting.action === "set-up" && (
        <Button size="sm" busy={setUp.isPending} onClick={() => setUp.mutate({ agent: agent.id }, { onError })}>
          {setUp.isPending ? "Setting up…" : "Set up again"}
        </Button>
      )}
      {waiting.action === "gateway" && agent.gateway_id && (
        <Link
          to="/gateways/$gatewayId"
          params={{ gatewayId: agent.gateway_id }}
          className="font-medium underline underline-offset-2"
        >
          Look at its gateway
        </Link>
      )}
      {waiting.action === "token" && (
        <Button size="sm" onClick={() => setToken(true)}>
          New token…
        </Button>
      )}
      <TokenDialog agent={agent} open={token} onClose={() => setToken(false)} />
    </div>
  );
}

const STEP_WORD = { done: "done", active: "under way", failed: "failed", waiting: "not yet" };

function StepRow({ step }: { step: Step }) {
  return (
    <li className="flex items-start gap-2.5">
      <StepIcon state={step.state} />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline justify-between gap-3">
          <span className={cx(step.state === "waiting" && "text-ink-3", step.state !== "waiting" && "font-medium")}>
            {step.name}
            <span className="sr-only">: {STEP_WORD[step.state]}</span>
          </span>
          {step.at && <RelativeTime value={step.at} className="shrink-0 text-xs text-ink-3" />}
        </p>
        {step.detail && (
          <p className={cx("text-sm break-words", step.state === "failed" ? "text-danger" : "text-ink-2")}>
            {step.detail}
          </p>
        )}
      </div>
    </li>
  );
}

function StepIcon({ state }: { state: Step["state"] }) {
  const shared = { size: 16, "aria-hidden": true, className: "mt-0.5 shrink-0" } as const;
  switch (state) {
    case "done":
      return <Check {...shared} className={`${shared.className} text-ok`} />;
    case "failed":
      return <CircleAlert {...shared} className={`${shared.className} text-danger`} />;
    case "active":
      return <LoaderCircle {...shared} className={`${shared.className} animate-spin text-accent-text`} />;
    default:
      return <CircleDashed {...shared} className={`${shared.className} text-ink-3`} />;
  }
}

/** The steps of the last run on the gateway. */
function RunSteps({ agent }: { agent: Agent }) {
  const steps = agent.provisioning?.steps ?? [];
  if (steps.length === 0) return null;
  return (
    <details className="mt-4 border-t border-line pt-3">
      <summary className="cursor-pointer text-sm text-ink-2">The last run on the gateway: {steps.length} steps</summary>
      <ul className="mt-2 space-y-1.5">
        {steps.map((step) => {
          const state = reportState(step.state);
          return (
            <li key={step.name} className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
              <span>{stepLabel(step.name)}</span>
              <Badge tone={state.tone}>{state.label}</Badge>
              {step.detail && <span className="basis-full text-xs break-words text-ink-3">{step.detail}</span>}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function timesOf(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function Id({ text, label }: { text: string; label: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 truncate font-mono text-xs">{text}</code>
      <CopyButton text={text} label={`Copy the ${label}`} />
    </span>
  );
}
