import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Network, Plus, RotateCw, Stethoscope, Trash2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import { gatewaysQuery } from "@/api/queries/gateways";
import type { Gateway } from "@/api/types";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { Shown } from "@/components/Shown";
import { ListSkeleton } from "@/components/Skeletons";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader, PageTitle } from "@/features/shell/PageHeader";
import { notifyError } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { AddGatewayDialog } from "./AddGatewayDialog";
import { Doctor } from "./Doctor";
import { connectionState } from "./describe";
import { useDeleteGateway, useExamineStored, useReconnect } from "./mutations";

const route = getRouteApi("/shell/gateways");

/** The OpenClaw gateways on which agents live, and whether they can be reached. */
export function GatewaysPage() {
  useTitle("Gateways");
  const { create } = route.useSearch();
  const navigate = route.useNavigate();
  const admin = useOrganizationAdmin();
  const query = useQuery({ ...gatewaysQuery, enabled: admin.allowed });
  const gateways = query.data?.items ?? [];
  const addButton = (
    <Button
      variant="primary"
      icon={<Plus size={15} />}
      reason={admin.reason}
      onClick={() => void navigate({ search: { create: true } })}
    >
      Add gateway
    </Button>
  );
  return (
    <>
      <PageHeader actions={addButton}>
        <PageTitle>Gateways</PageTitle>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-4xl">
          {!admin.allowed && (
            <EmptyState icon={<Network size={20} />} title="Gateways are looked after by administrators">
              {admin.reason}
            </EmptyState>
          )}
          {admin.allowed && query.isPending && (
            <div className="rounded-xl border border-line bg-surface">
              <ListSkeleton rows={2} label="Loading the gateways" />
            </div>
          )}
          {query.error && !query.data && (
            <ErrorState
              error={query.error}
              title="The gateways could not be loaded"
              onRetry={() => void query.refetch()}
            />
          )}
          {query.data && gateways.length === 0 && (
            <EmptyState icon={<Network size={20} />} title="No gateways yet" action={addButton}>
              An OpenClaw gateway runs agents on a machine of yours. Add one, choose it in the settings of a board, and
              the agents of that board are set up there. Agents of any other runtime need none.
            </EmptyState>
          )}
          {gateways.length > 0 && (
            <ul aria-label="Gateways" className="space-y-3">
              {gateways.map((gateway) => (
                <GatewayCard key={gateway.id} gateway={gateway} />
              ))}
            </ul>
          )}
        </div>
      </div>
      <AddGatewayDialog open={create === true} onClose={() => void navigate({ search: {}, replace: true })} />
    </>
  );
}

function GatewayCard({ gateway }: { gateway: Gateway }) {
  const { connection } = gateway;
  const state = connectionState(connection);
  const examine = useExamineStored();
  const reconnect = useReconnect();
  const remove = useDeleteGateway();
  const [deleting, setDeleting] = useState(false);
  const isOnline = connection.state === "online";
  return (
    <li aria-label={gateway.name} className="rounded-xl border border-line bg-surface p-4 shadow-card">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-2">
            <span className="truncate text-base font-semibold">{gateway.name}</span>
            <Badge tone={state.tone}>{state.label}</Badge>
            {connection.since && (
              <span className="text-xs text-ink-3">
                since <RelativeTime value={connection.since} />
              </span>
            )}
          </p>
          <p className="mt-0.5 truncate font-mono text-xs text-ink-3">{gateway.url}</p>
          <p className="mt-1 flex flex-wrap gap-x-1.5 text-xs text-ink-3 [&>*+*]:before:mr-1.5 [&>*+*]:before:content-['·']">
            {connection.version && <span>OpenClaw {connection.version}</span>}
            {connection.protocol && <span>protocol {connection.protocol}</span>}
            <span>workspaces in {gateway.workspace_root}</span>
          </p>
        </div>
        <IconButton label={`Delete ${gateway.name}`} size="sm" onClick={() => setDeleting(true)}>
          <Trash2 size={14} />
        </IconButton>
      </div>
      {!isOnline && connection.error && <p className="mt-3 text-sm break-words text-ink-2">{connection.error}</p>}
      {connection.pairing && (
        <div className="mt-3 rounded-lg bg-warn-soft p-3">
          <p className="mb-2 text-sm text-warn">
            The gateway does not know this server yet. Run this on its machine, then connect again:
          </p>
          <Shown label="Command" text={connection.pairing.command} />
        </div>
      )}
      {gateway.warnings.length > 0 && (
        <ul className="mt-3 space-y-1 text-xs text-warn">
          {gateway.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          size="sm"
          icon={<Stethoscope size={14} />}
          busy={examine.isPending}
          onClick={() =>
            examine.mutate(gateway.id, {
              onError: (error) => notifyError("The way was not tried", { description: messageOf(error) }),
            })
          }
        >
          {examine.isPending ? "Trying…" : "Try the way"}
        </Button>
        {!isOnline && (
          <Button
            size="sm"
            icon={<RotateCw size={14} />}
            busy={reconnect.isPending}
            onClick={() =>
              reconnect.mutate(gateway.id, {
                onError: (error) => notifyError("No attempt was made", { description: messageOf(error) }),
              })
            }
          >
            Connect now
          </Button>
        )}
      </div>
      {examine.data && (
        <div className="mt-3">
          <Doctor report={examine.data} />
        </div>
      )}
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${gateway.name}?`}
        action="Delete gateway"
        typeToConfirm={gateway.name}
        onConfirm={() => remove.mutateAsync(gateway.id)}
      >
        <p>Its agents are deleted too, here and on the gateway, and its boards become boards without a gateway.</p>
      </ConfirmDialog>
    </li>
  );
}
