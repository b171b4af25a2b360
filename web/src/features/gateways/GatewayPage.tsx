import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, linkOptions } from "@tanstack/react-router";
import { ChevronRight, Network, SearchX, Trash2, Unplug } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { gatewayQuery } from "@/api/queries/gateways";
import type { Gateway } from "@/api/types";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Tabs } from "@/components/Tabs";
import { IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { AdminsOnly } from "@/features/session/AdminsOnly";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader } from "@/features/shell/PageHeader";
import { useTitle } from "@/lib/title";
import { CommandsTab } from "./CommandsTab";
import { ConnectionNotice } from "./ConnectionNotice";
import { ConnectionTab } from "./ConnectionTab";
import { connectionState, isAway } from "./describe";
import { GatewayAgentsTab } from "./GatewayAgentsTab";
import { GatewaySettingsTab } from "./GatewaySettingsTab";
import { useDeleteGateway } from "./mutations";
import { SessionsTab } from "./SessionsTab";
import { SyncTab } from "./SyncTab";
import { GATEWAY_TAB_LABEL, GATEWAY_TABS, type GatewayTab } from "./tabs";

const route = getRouteApi("/shell/gateways/$gatewayId");

/** One gateway: the way to it, what lives on it, what is said there, and its settings. */
export function GatewayPage() {
  const { gatewayId } = route.useParams();
  const { tab = "connection" } = route.useSearch();
  const admin = useOrganizationAdmin();
  const query = useQuery({ ...gatewayQuery(gatewayId), enabled: admin.allowed });
  const gateway = query.data;
  useTitle(tab === "connection" ? null : GATEWAY_TAB_LABEL[tab], gateway?.name ?? "Gateway");
  return (
    <>
      <PageHeader actions={gateway && <DeleteButton gateway={gateway} />}>
        <nav aria-label="You are here" className="flex min-w-0 items-center gap-1.5">
          <Link to="/gateways" className="text-ink-2 hover:text-ink max-md:hidden">
            Gateways
          </Link>
          <ChevronRight size={14} className="shrink-0 text-ink-3 max-md:hidden" aria-hidden="true" />
          <h1 className="truncate text-base font-semibold">{gateway?.name ?? "Gateway"}</h1>
        </nav>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl space-y-4">
          <AdminsOnly icon={<Network size={20} />} title="Gateways are looked after by administrators">
            {query.isPending && <ListSkeleton label="Loading the gateway" />}
          </AdminsOnly>
          {query.error && !gateway && <Missing error={query.error} onRetry={() => void query.refetch()} />}
          {gateway && (
            <>
              <Heading gateway={gateway} />
              <ConnectionNotice gateway={gateway} isInSettings={tab === "settings"} />
              <div>
                <Tabs
                  label="Parts of the gateway"
                  tabs={GATEWAY_TABS.map((name) => ({
                    label: GATEWAY_TAB_LABEL[name],
                    active: tab === name,
                    link: linkOptions({
                      to: "/gateways/$gatewayId",
                      params: { gatewayId },
                      search: name === "connection" ? {} : { tab: name },
                    }),
                  }))}
                />
              </div>
              <Part tab={tab} gateway={gateway} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function Part({ tab, gateway }: { tab: GatewayTab; gateway: Gateway }) {
  const { session } = route.useSearch();
  const away = isAway(gateway.connection) ? <Away what={GATEWAY_TAB_LABEL[tab]} /> : null;
  switch (tab) {
    case "agents":
      return <GatewayAgentsTab gateway={gateway} />;
    case "sessions":
      return away && !session ? away : <SessionsTab gateway={gateway} />;
    case "commands":
      return away ?? <CommandsTab gateway={gateway} />;
    case "sync":
      return <SyncTab gateway={gateway} />;
    case "settings":
      return <GatewaySettingsTab key={gateway.id} gateway={gateway} />;
    default:
      // What the doctor found belongs to the state in which it was asked.
      return <ConnectionTab key={gateway.connection.state} gateway={gateway} />;
  }
}

function Heading({ gateway }: { gateway: Gateway }) {
  const state = connectionState(gateway.connection);
  return (
    <div>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={state.tone}>{state.label}</Badge>
        {gateway.connection.since && (
          <span className="text-sm text-ink-2">
            changed <RelativeTime value={gateway.connection.since} />
          </span>
        )}
        {gateway.connection.version && (
          <span className="text-sm text-ink-2">OpenClaw {gateway.connection.version}</span>
        )}
      </p>
      <p className="mt-1 truncate font-mono text-xs text-ink-3">{gateway.url}</p>
    </div>
  );
}

/** Stands where the gateway itself would have to be asked. */
function Away({ what }: { what: string }) {
  return (
    <EmptyState icon={<Unplug size={20} />} title="The gateway cannot be asked now">
      {what} are asked of the gateway when somebody looks. They appear here as soon as it is back.
    </EmptyState>
  );
}

function Missing({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof ApiError && error.status === 404) {
    return (
      <EmptyState icon={<SearchX size={20} />} title="This gateway is not here">
        It may have been deleted, or belong to another organization.{" "}
        <Link to="/gateways" className="text-accent-text underline">
          All gateways
        </Link>
      </EmptyState>
    );
  }
  return <ErrorState error={error} title="The gateway could not be loaded" onRetry={onRetry} />;
}

function DeleteButton({ gateway }: { gateway: Gateway }) {
  const [open, setOpen] = useState(false);
  const navigate = route.useNavigate();
  const remove = useDeleteGateway();
  return (
    <>
      <IconButton label={`Delete ${gateway.name}`} onClick={() => setOpen(true)}>
        <Trash2 size={15} />
      </IconButton>
      <ConfirmDialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Delete ${gateway.name}?`}
        action="Delete gateway"
        typeToConfirm={gateway.name}
        onConfirm={async () => {
          await remove.mutateAsync(gateway.id);
          void navigate({ to: "/gateways", search: {}, replace: true });
        }}
      >
        <p>Its agents are deleted too, here and on the gateway, and its boards become boards without a gateway.</p>
      </ConfirmDialog>
    </>
  );
}
