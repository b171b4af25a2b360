import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft, Inbox, Pencil, SearchX, Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import { boardQuery, snapshotQuery } from "@/api/queries/boards";
import { payloadsQuery, webhooksQuery } from "@/api/queries/webhooks";
import type { Agent, Payload, Webhook } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Code } from "@/components/Code";
import { CopyButton } from "@/components/CopyButton";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { OlderButton } from "@/components/OlderButton";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Switch } from "@/components/ui/Switch";
import { BoardHeader } from "@/features/board/BoardHeader";
import { useBoardWrite } from "@/features/session/permissions";
import { cx } from "@/lib/cx";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { DeliveryBadge } from "./DeliveryBadge";
import { endpointOf, recipientOf } from "./describe";
import { EditWebhookDialog } from "./EditWebhookDialog";
import { useDeleteWebhook, useUpdateWebhook } from "./mutations";
import { PayloadDetail } from "./PayloadDetail";
import { preview } from "./payload";
import { curlCommand, DEFAULT_SIGNATURE_HEADER } from "./secret";

const route = getRouteApi("/shell/boards/$boardId/webhooks/$webhookId");

/** One webhook: how to call it, and what it has received. */
export function WebhookPage() {
  const { boardId, webhookId } = route.useParams();
  const board = useQuery(boardQuery(boardId)).data;
  const agents = useQuery(snapshotQuery(boardId)).data?.agents ?? [];
  const query = useQuery(webhooksQuery(boardId));
  const webhook = query.data?.items.find((item) => item.id === webhookId);
  useTitle(webhook?.description ?? "Webhook", board?.name);
  return (
    <>
      <BoardHeader boardId={boardId} name={board?.name ?? null} group={board?.board_group_id} page="Webhook" />
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl space-y-4">
          <Link
            to="/boards/$boardId/webhooks"
            params={{ boardId }}
            className="inline-flex items-center gap-1 text-sm text-ink-2 hover:text-ink"
          >
            <ChevronLeft size={14} aria-hidden="true" /> All webhooks
          </Link>
          {query.isPending && <ListSkeleton label="Loading the webhook" />}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The webhook could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && !webhook && (
            <EmptyState icon={<SearchX size={20} />} title="This webhook is not here any more">
              It may have been deleted.
            </EmptyState>
          )}
          {webhook && (
            <>
              <WebhookSummary webhook={webhook} agents={agents} />
              <Payloads webhook={webhook} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function WebhookSummary({ webhook, agents }: { webhook: Webhook; agents: Agent[] }) {
  const navigate = route.useNavigate();
  const write = useBoardWrite(webhook.board_id);
  const update = useUpdateWebhook(webhook.board_id, webhook.id);
  const remove = useDeleteWebhook(webhook.board_id, webhook.id);
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const url = endpointOf(webhook);
  const enabled = update.isPending ? (update.variables.enabled ?? webhook.enabled) : webhook.enabled;
  return (
    <section aria-label="Webhook" className="rounded-xl border border-line bg-surface p-4 shadow-card">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold whitespace-pre-line">{webhook.description}</h2>
          <p className="mt-1 text-xs text-ink-3">
            Goes to {recipientOf(webhook, agents)} ·{" "}
            {webhook.has_secret
              ? `signed in ${webhook.signature_header ?? DEFAULT_SIGNATURE_HEADER}`
              : "not signed: anybody who knows the address can send"}
          </p>
        </div>
        <Switch
          compact
          label="Accept calls"
          checked={enabled}
          disabled={!write.allowed || update.isPending}
          onChange={(on) =>
            update.mutate(
              { enabled: on },
              { onError: (error) => notifyError("The webhook was not changed", { description: messageOf(error) }) },
            )
          }
        />
        <IconButton label="Edit webhook" size="sm" reason={write.reason} onClick={() => setEditing(true)}>
          <Pencil size={14} />
        </IconButton>
        <IconButton label="Delete webhook" size="sm" reason={write.reason} onClick={() => setDeleting(true)}>
          <Trash2 size={14} />
        </IconButton>
      </div>
      {/* What senders are told changes with the server's answer, not with the click. */}
      {!webhook.enabled && (
        <p className="mt-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          Switched off: calls are answered with 410 and nothing is kept.
        </p>
      )}
      <div className="mt-3 flex items-center gap-1 rounded-md border border-line bg-sunken pr-1 pl-3">
        <code className="min-w-0 flex-1 truncate py-1.5 font-mono text-xs">{url}</code>
        <CopyButton text={url} label="Copy address" />
      </div>
      <details className="mt-3">
        <summary className="cursor-pointer text-sm font-medium text-ink-2 hover:text-ink">
          Send an example with curl
        </summary>
        <div className="mt-2">
          <Code
            label="Example command"
            text={curlCommand({
              url,
              signed: webhook.has_secret,
              signatureHeader: webhook.signature_header ?? null,
              secret: null,
            })}
          />
          {webhook.has_secret && <p className="mt-1 text-xs text-ink-3">Put the secret into WEBHOOK_SECRET first.</p>}
        </div>
      </details>
      <EditWebhookDialog webhook={webhook} agents={agents} open={editing} onClose={() => setEditing(false)} />
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title="Delete this webhook?"
        action="Delete webhook"
        onConfirm={async () => {
          await remove.mutateAsync();
          await navigate({ to: "/boards/$boardId/webhooks", params: { boardId: webhook.board_id } });
          notifySuccess("Webhook deleted");
        }}
      >
        <p>
          Its address stops working, and everything that it has received is deleted. Notes about it stay on the board.
        </p>
      </ConfirmDialog>
    </section>
  );
}

function Payloads({ webhook }: { webhook: Webhook }) {
  const { payload: selected } = route.useSearch();
  const query = useInfiniteQuery(payloadsQuery(webhook.board_id, webhook.id));
  const payloads = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <section aria-labelledby="payloads">
      <h2 id="payloads" className="mb-2 text-base font-semibold">
        Received {query.data && <span className="text-xs font-normal text-ink-3">{total}</span>}
      </h2>
      {query.isPending && <ListSkeleton label="Loading what was received" />}
      {query.error && !query.data && (
        <ErrorState
          error={query.error}
          title="What was received could not be loaded"
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data && payloads.length === 0 && (
        <div className="rounded-xl border border-dashed border-line-strong/60">
          <EmptyState icon={<Inbox size={20} />} title="Nothing has arrived yet">
            Call the address above, or enter it at the service that is to send. What arrives appears here at once.
          </EmptyState>
        </div>
      )}
      {payloads.length > 0 && (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <div>
            <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
              {payloads.map((payload) => (
                <PayloadRow key={payload.id} payload={payload} selected={payload.id === selected} />
              ))}
            </ul>
            <OlderButton query={query} what="payloads" />
          </div>
          {selected ? (
            <PayloadDetail key={selected} webhook={webhook} payloadId={selected} />
          ) : (
            <p className="rounded-xl border border-dashed border-line-strong/60 p-6 text-center text-ink-3 max-lg:hidden">
              Choose an entry to see all of it.
            </p>
          )}
        </div>
      )}
    </section>
  );
}

function PayloadRow({ payload, selected }: { payload: Payload; selected: boolean }) {
  const event = payload.headers?.["x-github-event"] ?? payload.headers?.["x-gitlab-event"];
  return (
    <li className={cx("relative px-3 py-2.5", selected ? "bg-accent-soft" : "hover:bg-hover")}>
      <div className="flex items-center gap-2">
        <Link
          from="/boards/$boardId/webhooks/$webhookId"
          to="."
          search={{ payload: payload.id }}
          replace={selected}
          aria-current={selected ? "true" : undefined}
          className="font-medium after:absolute after:inset-0"
        >
          <RelativeTime value={payload.received_at} />
        </Link>
        {event && <Badge tone="accent">{event}</Badge>}
        <span className="ml-auto">
          <DeliveryBadge delivery={payload.delivery} />
        </span>
      </div>
      <p className="mt-1 truncate font-mono text-xs text-ink-3">{preview(payload.payload)}</p>
    </li>
  );
}
