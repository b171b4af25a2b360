import { useQuery } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { messageOf } from "@/api/errors";
import { payloadQuery } from "@/api/queries/webhooks";
import type { Payload, Webhook } from "@/api/types";
import { Code } from "@/components/Code";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { useBoardWrite } from "@/features/session/permissions";
import { notifyError, notifySuccess } from "@/lib/notify";
import { fullTime, parseTime } from "@/lib/time";
import { DeliveryBadge } from "./DeliveryBadge";
import { useRedeliver } from "./mutations";
import { pretty } from "./payload";

/** One received payload in full, with what became of it. */
export function PayloadDetail({ webhook, payloadId }: { webhook: Webhook; payloadId: string }) {
  const query = useQuery(payloadQuery(webhook.board_id, webhook.id, payloadId));
  return (
    <section aria-label="Payload" className="min-w-0 rounded-xl border border-line bg-surface p-4 max-lg:order-first">
      {query.isPending && <ListSkeleton rows={3} label="Loading the payload" />}
      {query.error && !query.data && (
        <ErrorState error={query.error} title="The payload could not be loaded" onRetry={() => void query.refetch()} />
      )}
      {query.data && <PayloadContent payload={query.data} />}
    </section>
  );
}

function PayloadContent({ payload }: { payload: Payload }) {
  const write = useBoardWrite(payload.board_id);
  const redeliver = useRedeliver(payload.board_id, payload.webhook_id);
  const { delivery } = payload;
  const headers = Object.entries(payload.headers ?? {});
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="text-sm font-semibold">{fullTime(parseTime(payload.received_at))}</h3>
        <DeliveryBadge delivery={delivery} />
        <Button
          size="sm"
          className="ml-auto"
          icon={<RotateCw size={13} />}
          busy={redeliver.isPending}
          reason={write.reason ?? (delivery?.status === "pending" ? "A delivery is already on its way." : null)}
          onClick={() =>
            redeliver.mutate(payload.id, {
              onSuccess: () => notifySuccess("On its way to the agent again"),
              onError: (error) => notifyError("It was not delivered again", { description: messageOf(error) }),
            })
          }
        >
          Redeliver
        </Button>
      </div>
      {delivery?.last_error && (
        <p className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          {delivery.last_error} <RelativeTime value={delivery.updated_at} className="text-xs" />
        </p>
      )}
      <dl className="grid grid-cols-[110px_1fr] gap-y-1 text-sm">
        <dt className="text-ink-3">From</dt>
        <dd className="font-mono text-xs leading-5">{payload.source_ip ?? "unknown"}</dd>
        <dt className="text-ink-3">Content type</dt>
        <dd className="font-mono text-xs leading-5">{payload.content_type ?? "none"}</dd>
        <dt className="text-ink-3">Id</dt>
        <dd className="font-mono text-xs leading-5 break-all select-all">{payload.id}</dd>
      </dl>
      <div>
        <h4 className="mb-1 text-xs font-medium text-ink-3">Body</h4>
        <Code label="Body" text={pretty(payload.payload)} wrap />
      </div>
      {headers.length > 0 && (
        <div>
          <h4 className="mb-1 text-xs font-medium text-ink-3">Headers</h4>
          <dl className="space-y-1 font-mono text-xs">
            {headers.map(([name, value]) => (
              <div key={name} className="flex flex-wrap gap-x-2">
                <dt className="text-ink-3">{name}:</dt>
                <dd className="break-all">{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </div>
  );
}
