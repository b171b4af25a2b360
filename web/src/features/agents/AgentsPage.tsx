import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { AlarmClock, Bot, Ellipsis, KeyRound, Plus, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import { agentsQuery } from "@/api/queries/agents";
import { boardsQuery } from "@/api/queries/boards";
import type { Agent, Board } from "@/api/types";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { Shown } from "@/components/Shown";
import { ListSkeleton } from "@/components/Skeletons";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { CreateAgentDialog } from "./CreateAgentDialog";
import { kindOf, stateOf } from "./describe";
import { useDeleteAgent, useRenewToken, useReprovisionAgent, useWakeAgent } from "./mutations";

const route = getRouteApi("/shell/agents");

/** All agents of the organization: whether they are well, and what to do when not. */
export function AgentsPage() {
  useTitle("Agents");
  const { create } = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const query = useQuery({ ...agentsQuery, enabled: admin.allowed });
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const agents = query.data?.items ?? [];
  const createButton = (
    <Button
      variant="primary"
      icon={<Plus size={15} />}
      reason={admin.reason}
      onClick={() => void navigate({ search: { create: true } })}
    >
      New agent
    </Button>
  );
  return (
    <>
      <PageHeader actions={createButton}>
        <PageTitle>Agents</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl">
          {!admin.allowed && (
            <EmptyState icon={<Bot size={20} />} title="Agents are looked after by administrators">
              {admin.reason} The agents of your boards are shown on each board.
            </EmptyState>
          )}
          {admin.allowed && query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton rows={5} label="Loading the agents" />
            </div>
          )}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The agents could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && agents.length === 0 && (
            <EmptyState icon={<Bot size={20} />} title="No agents yet" action={createButton}>
              An agent works on the tasks of a board. It may live on an OpenClaw gateway, or be any program that can
              send HTTP requests: then it gets a token of its own.
            </EmptyState>
          )}
          {agents.length > 0 && (
            <ul
              aria-label="Agents"
              className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface"
            >
              {agents.map((agent) => (
                <AgentRow
                  key={agent.id}
                  agent={agent}
                  board={boards.find((board) => board.id === agent.board_id)}
                  reason={admin.reason}
                />
              ))}
            </ul>
          )}
        </div>
      </div>
      <CreateAgentDialog
        boards={boards}
        open={create === true}
        onClose={() => void navigate({ search: {}, replace: true })}
      />
    </>
  );
}

function AgentRow({ agent, board, reason }: { agent: Agent; board: Board | undefined; reason: string | null }) {
  const state = stateOf(agent);
  return (
    <li className="flex items-start gap-3 px-4 py-3" aria-label={agent.name}>
      <span
        className="mt-0.5 grid size-8 shrink-0 place-items-center rounded-full bg-hover text-ink-2"
        aria-hidden="true"
      >
        <Bot size={16} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="truncate font-semibold">{agent.name}</span>
          <span className="text-xs text-ink-3">{kindOf(agent)}</span>
          <Badge tone={state.tone}>{state.label}</Badge>
        </p>
        <p className="mt-0.5 flex flex-wrap gap-x-1.5 text-xs text-ink-3 [&>*+*]:before:mr-1.5 [&>*+*]:before:content-['·']">
          {board && (
            <Link to="/boards/$boardId" params={{ boardId: board.id }} className="hover:text-ink hover:underline">
              {board.name}
            </Link>
          )}
          <span>{agent.gateway_id ? "on a gateway" : "with a token"}</span>
          <span>
            {agent.last_seen_at ? (
              <>
                seen <RelativeTime value={agent.last_seen_at} />
              </>
            ) : (
              "not seen yet"
            )}
          </span>
          {agent.last_wake_at && (
            <span>
              woken <RelativeTime value={agent.last_wake_at} />
              {agent.last_wake_reason && ` (${agent.last_wake_reason})`}
            </span>
          )}
        </p>
        {state.text && <p className="mt-1 text-sm text-ink-2">{state.text}</p>}
        {agent.next_attempt_at && (
          <p className="text-xs text-ink-3">
            Tried again <RelativeTime value={agent.next_attempt_at} />
          </p>
        )}
      </div>
      <AgentMenu agent={agent} reason={reason} />
    </li>
  );
}

function AgentMenu({ agent, reason }: { agent: Agent; reason: string | null }) {
  const wake = useWakeAgent();
  const setUp = useReprovisionAgent();
  const renew = useRenewToken();
  const remove = useDeleteAgent();
  const [token, setToken] = useState<string | null>(null);
  const [deleting, setDeleting] = useState(false);
  const failed = (what: string) => (error: unknown) => notifyError(what, { description: messageOf(error) });
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={`Actions for ${agent.name}`} size="sm" reason={reason}>
            <Ellipsis size={16} />
          </IconButton>
        }
      >
        {agent.gateway_id ? (
          <>
            <MenuItem
              icon={<AlarmClock size={15} />}
              note="It looks for work at once. This costs a call of its model."
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
              icon={<RotateCw size={15} />}
              note="Its entry, files and session on the gateway are brought up to date."
              onClick={() =>
                setUp.mutate(agent.id, {
                  onSuccess: () => notifySuccess(`${agent.name} is set up again`),
                  onError: failed(`${agent.name} was not set up`),
                })
              }
            >
              Set up again
            </MenuItem>
          </>
        ) : (
          <MenuItem
            icon={<KeyRound size={15} />}
            note="The present one works until the new one is first used."
            onClick={() =>
              renew.mutate(agent.id, {
                onSuccess: (answer) => setToken(answer.token ?? null),
                onError: failed("No token was issued"),
              })
            }
          >
            Issue a new token
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={15} />} danger onClick={() => setDeleting(true)}>
          Delete…
        </MenuItem>
      </Menu>
      <Dialog open={token !== null} onClose={() => setToken(null)} title={`New token of ${agent.name}`} width="sm">
        {token && <Shown label="Token" text={token} />}
        <p className="mt-3 text-sm text-warn">This is the last time that the token is shown.</p>
        <DialogActions>
          <Button variant="primary" onClick={() => setToken(null)}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${agent.name}?`}
        action="Delete agent"
        onConfirm={() => remove.mutateAsync({ agent: agent.id, force: agent.lifecycle_state !== "ready" })}
      >
        <p>
          Its tasks go back to the inbox, its token ends at once
          {agent.gateway_id ? ", and its files on the gateway are removed." : "."}
        </p>
      </ConfirmDialog>
    </>
  );
}
