import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { actingIn } from "@/api/organization";
import { API_ORIGIN } from "@/api/origin";
import { agentsQuery } from "@/api/queries/agents";
import { boardsQuery, snapshotQuery } from "@/api/queries/boards";
import { organizationsQuery } from "@/api/queries/organization";
import { systemQuery } from "@/api/queries/system";
import { webhooksQuery } from "@/api/queries/webhooks";
import { Badge } from "@/components/Badge";
import { Code } from "@/components/Code";
import { ErrorState, FormError } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { useOpenDemo } from "@/features/system/mutations";
import { cx } from "@/lib/cx";
import { useTitle } from "@/lib/title";
import { guideDone } from "./guide";
import { heartbeatCommand, nextStep, type Step, stepsOf, webhookCommand } from "./steps";

const LINK = "font-medium text-accent-text underline underline-offset-2";

/** The way from an empty organization to a board on which an agent works; each step sees for itself when it is done. */
export function WelcomePage() {
  useTitle("Get started");
  const boards = useQuery(boardsQuery);
  return (
    <>
      <PageHeader>
        <PageTitle>Get started</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-3xl">
          <h2 className="text-xl font-semibold">From nothing to a working board in five minutes</h2>
          <p className="mt-1 mb-5 text-ink-2">
            A board holds tasks. Agents take them, people decide what needs a decision, and you watch it happen. This
            page notices what you have already done.
          </p>
          {boards.isPending && <ListSkeleton label="Looking at what there is" rows={5} />}
          {boards.error && !boards.data && (
            <ErrorState
              error={boards.error}
              title="The boards could not be loaded"
              onRetry={() => void boards.refetch()}
            />
          )}
          {boards.data && <Steps board={boards.data.items[0]?.id} boards={boards.data.total} />}
          <Demo />
        </div>
      </div>
    </>
  );
}

function Steps({ board, boards }: { board: string | undefined; boards: number }) {
  const admin = useOrganizationAdmin();
  const snapshot = useQuery({ ...snapshotQuery(board ?? ""), enabled: Boolean(board) }).data;
  const hooks = useQuery({ ...webhooksQuery(board ?? ""), enabled: Boolean(board) }).data;
  const agents = useQuery({ ...agentsQuery, enabled: admin.allowed }).data?.items ?? snapshot?.agents ?? [];
  const steps = stepsOf({
    boards,
    agents: agents.length,
    seen: agents.filter((agent) => agent.last_seen_at).length,
    tasks: snapshot?.tasks.length ?? 0,
    webhooks: hooks?.total ?? 0,
  });
  const next = nextStep(steps);
  const done = steps.every((step) => step.done || step.optional);
  useEffect(() => {
    if (done) guideDone();
  }, [done]);
  const hook = hooks?.items[0];
  const toBoard = (children: string) =>
    board ? (
      <Link to="/boards/$boardId" params={{ boardId: board }} className={LINK}>
        {children}
      </Link>
    ) : (
      children
    );
  const bodies: Record<Step["id"], ReactNode> = {
    board:
      admin.known && !admin.allowed ? (
        admin.reason
      ) : (
        <>
          <Link to="/boards" search={{ create: true }} className={LINK}>
            Create a board
          </Link>{" "}
          for one goal or one team. Name what should be reached; agents read it.
        </>
      ),
    task: <>{toBoard("Open the board")} and press N. A title and a sentence on when it is done are enough.</>,
    agent: (
      <>
        <p>
          <Link to="/agents/new" className={LINK}>
            Add an agent
          </Link>{" "}
          to the board. Programs of any kind work with the token that is shown once. Agents of OpenClaw need no token:{" "}
          <Link to="/gateways/new" className={LINK}>
            add the gateway
          </Link>{" "}
          first; its doctor says what is missing.
        </p>
      </>
    ),
    call: (
      <>
        <p className="mb-2">Show a sign of life with the token of the agent. This page notices it at once.</p>
        <Code label="Sign of life" text={heartbeatCommand(API_ORIGIN)} />
      </>
    ),
    webhook: (
      <>
        <p className="mb-2">
          {board ? (
            <Link to="/boards/$boardId/webhooks" params={{ boardId: board }} className={LINK}>
              Add a webhook
            </Link>
          ) : (
            "Add a webhook"
          )}{" "}
          and builds, tickets or forms reach the board as work.
          {hook && !hook.has_secret && " Send it something to try:"}
        </p>
        {hook && !hook.has_secret && (
          <Code label="Example payload" text={webhookCommand(API_ORIGIN, hook.endpoint_path)} />
        )}
      </>
    ),
  };
  return (
    <>
      <ol
        aria-label="Steps"
        className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-card"
      >
        {steps.map((step, index) => (
          <li key={step.id} aria-current={step.id === next ? "step" : undefined} className="flex gap-3 px-4 py-3">
            <span
              aria-hidden="true"
              className={cx(
                "mt-0.5 grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold",
                step.done ? "bg-ok-soft text-ok" : "bg-hover text-ink-2",
                step.id === next && "bg-accent! text-accent-ink!",
              )}
            >
              {step.done ? <Check size={14} /> : index + 1}
            </span>
            <div className="min-w-0 flex-1">
              <h3 className="flex items-center gap-2 font-semibold">
                {step.title}
                {step.done && <Badge tone="ok">Done</Badge>}
                {!step.done && step.optional && <Badge>Optional</Badge>}
              </h3>
              {!step.done && <div className="mt-1 text-ink-2">{bodies[step.id]}</div>}
            </div>
          </li>
        ))}
      </ol>
      {!next && (
        <p role="status" className="mt-3 text-ink-2">
          All done. {toBoard("Watch the board")}, or see the whole fleet on the{" "}
          <Link to="/dashboard" className={LINK}>
            dashboard
          </Link>
          .
        </p>
      )}
    </>
  );
}

/** Shows the demo to those who may make it. */
function Demo() {
  const system = useQuery(systemQuery);
  const open = useOpenDemo();
  const here = actingIn(useQuery(organizationsQuery).data);
  if (!system.data) return null;
  const { demo } = system.data;
  // Who is in the demo has found it.
  if (demo && demo.organization_id === here?.id) return null;
  return (
    <section aria-labelledby="demo" className="mt-5 rounded-xl border border-line bg-sunken p-4">
      <h2 id="demo" className="font-semibold">
        Look around in a demo
      </h2>
      <p className="mt-1 text-ink-2">
        The demo is an organization of its own: a robotics company with agents at work on five boards and four weeks of
        history. Nothing else is touched, and it is removed with one click under{" "}
        <Link to="/system" className={LINK}>
          System
        </Link>
        .
      </p>
      <FormError error={open.error} />
      <Button className="mt-3" busy={open.isPending} onClick={() => open.mutate(demo?.organization_id)}>
        Explore the demo
      </Button>
    </section>
  );
}
