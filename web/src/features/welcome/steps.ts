/** What is known of an organization on its way from empty to working. */
export interface Progress {
  boards: number;
  agents: number;
  /** Agents that have called. */
  seen: number;
  tasks: number;
  webhooks: number;
}

export type StepId = "board" | "task" | "agent" | "call" | "webhook";

/** A step of the way, and whether it is behind us. */
export interface Step {
  id: StepId;
  title: string;
  done: boolean;
  /** It can be left out. */
  optional?: boolean;
}

/** The steps in their order. */
export function stepsOf(progress: Progress): Step[] {
  return [
    { id: "board", title: "Create a board", done: progress.boards > 0 },
    { id: "task", title: "Write the first task", done: progress.tasks > 0 },
    { id: "agent", title: "Add an agent", done: progress.agents > 0 },
    { id: "call", title: "Hear from the agent", done: progress.seen > 0 },
    { id: "webhook", title: "Let events create work", done: progress.webhooks > 0, optional: true },
  ];
}

/** The first step that is still to be done; nothing when all are. */
export function nextStep(steps: readonly Step[]): StepId | undefined {
  return steps.find((step) => !step.done)?.id;
}

/** A command that shows a sign of life, as an agent of any runtime sends it. */
export function heartbeatCommand(origin: string): string {
  return [
    `curl -X POST ${origin}/api/v1/agent/heartbeat \\`,
    '  -H "X-Agent-Token: $AGENT_TOKEN" \\',
    "  -H 'Content-Type: application/json' -d '{\"status\": \"online\"}'",
  ].join("\n");
}

/** A command that sends an example payload to a webhook. */
export function webhookCommand(origin: string, path: string): string {
  return [
    `curl -X POST ${origin}${path} \\`,
    `  -H 'Content-Type: application/json' -d '{"event": "build.failed", "branch": "main"}'`,
  ].join("\n");
}
