import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { KeyRound, Plus, ShieldAlert, Webhook as WebhookIcon } from "lucide-react";
import { messageOf } from "@/api/errors";
import { boardQuery, snapshotQuery } from "@/api/queries/boards";
import { webhooksQuery } from "@/api/queries/webhooks";
import type { Agent, Webhook } from "@/api/types";
import { Badge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { Switch } from "@/components/ui/Switch";
import { BoardHeader } from "@/features/board/BoardHeader";
import { useBoardWrite } from "@/features/session/permissions";
import { notifyError } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { CreateWebhookDialog } from "./CreateWebhookDialog";
import { endpointOf, recipientOf } from "./describe";
import { useUpdateWebhook } from "./mutations";

const route = getRouteApi("/shell/boards/$boardId/webhooks");

/** The webhooks that bring work to a board. */
export function WebhooksPage() {
  const { boardId } = route.useParams();
  const { create } = route.useSearch();
  const navigate = route.useNavigate();
  const board = useQuery(boardQuery(boardId)).data;
  const agents = useQuery(snapshotQuery(boardId)).data?.agents ?? [];
  const query = useQuery(webhooksQuery(boardId));
  const write = useBoardWrite(boardId);
  useTitle("Webhooks", board?.name);
  const webhooks = query.data?.items ?? [];
  const createButton = (
    <Button
      variant="primary"
      icon={<Plus size={15} />}
      reason={write.reason}
      onClick={() => void navigate({ search: { create: true } })}
    >
      New webhook
    </Button>
  );
  return (
    <>
      <BoardHeader
        boardId={boardId}
        name={board?.name ?? null}
        group={board?.board_group_id}
        page="Webhooks"
        actions={createButton}
      />
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-4xl">
          {query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton rows={3} label="Loading the webhooks" />
            </div>
          )}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The webhooks could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && webhooks.length === 0 && (
            <EmptyState icon={<WebhookIcon size={20} />} title="No webhooks yet" action={createButton}>
              A webhook is an address that other services call: GitHub on a push, a monitor on an alarm, a form on an
              entry. What they send is kept here and handed to an agent with your instruction.
            </EmptyState>
          )}
          {webhooks.length > 0 && (
            <ul className="space-y-3">
              {webhooks.map((webhook) => (
                <WebhookRow key={webhook.id} webhook={webhook} agents={agents} />
              ))}
            </ul>
          )}
        </div>
      </div>
      <CreateWebhookDialog
        boardId={boardId}
        agents={agents}
        open={create === true}
        onClose={() => void navigate({ search: {}, replace: true })}
      />
    </>
  );
}

function WebhookRow({ webhook, agents }: { webhook: Webhook; agents: Agent[] }) {
  const write = useBoardWrite(webhook.board_id);
  const update = useUpdateWebhook(webhook.board_id, webhook.id);
  const enabled = update.isPending ? (update.variables.enabled ?? webhook.enabled) : webhook.enabled;
  return (
    <li className="relative rounded-xl border border-line bg-surface p-4 shadow-card hover:border-line-strong/70">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">
            <Link
              to="/boards/$boardId/webhooks/$webhookId"
              params={{ boardId: webhook.board_id, webhookId: webhook.id }}
              className="line-clamp-2 after:absolute after:inset-0 after:rounded-xl"
            >
              {webhook.description}
            </Link>
          </h2>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-xs text-ink-3">
            {webhook.has_secret ? (
              <Badge tone="ok" icon={<KeyRound size={11} aria-hidden="true" />}>
                Signed
              </Badge>
            ) : (
              <Badge tone="warn" icon={<ShieldAlert size={11} aria-hidden="true" />}>
                Not signed
              </Badge>
            )}
            <span>Goes to {recipientOf(webhook, agents)}</span>
          </p>
        </div>
        <div className="relative z-10 flex items-center gap-2">
          <span className="text-xs text-ink-3" aria-hidden="true">
            {enabled ? "On" : "Off"}
          </span>
          <Switch
            compact
            label={`Accept calls: ${webhook.description}`}
            checked={enabled}
            disabled={!write.allowed || update.isPending}
            onChange={(on) =>
              update.mutate(
                { enabled: on },
                { onError: (error) => notifyError("The webhook was not changed", { description: messageOf(error) }) },
              )
            }
          />
        </div>
      </div>
      <div className="relative z-10 mt-3 flex items-center gap-1 rounded-md border border-line bg-sunken pr-1 pl-3">
        <code className="min-w-0 flex-1 truncate py-1.5 font-mono text-xs">{endpointOf(webhook)}</code>
        <CopyButton text={endpointOf(webhook)} label="Copy address" />
      </div>
    </li>
  );
}
