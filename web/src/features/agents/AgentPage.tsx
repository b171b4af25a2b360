import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, linkOptions } from "@tanstack/react-router";
import { AlarmClock, Bot, ChevronRight, SearchX } from "lucide-react";
import { ApiError, messageOf } from "@/api/errors";
import { agentQuery } from "@/api/queries/agents";
import { boardsQuery } from "@/api/queries/boards";
import { gatewaysQuery } from "@/api/queries/gateways";
import type { Agent } from "@/api/types";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { ListSkeleton } from "@/components/Skeletons";
import { Tabs } from "@/components/Tabs";
import { Button } from "@/components/ui/Button";
import { AdminsOnly } from "@/features/session/AdminsOnly";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { PageHeader } from "@/features/shell/PageHeader";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useTitle } from "@/lib/title";
import { ActivityTab } from "./ActivityTab";
import { AgentFace } from "./AgentFace";
import { AgentMenu } from "./AgentMenu";
import { kindOf, lifecycleOf, presenceOf, roleOf, wakeReason } from "./describe";
import { FilesTab } from "./FilesTab";
import { MessagesTab } from "./MessagesTab";
import { useWakeAgent } from "./mutations";
import { OverviewTab } from "./OverviewTab";
import { PresenceDot } from "./PresenceDot";
import { SessionTab } from "./SessionTab";
import { SettingsTab } from "./SettingsTab";
import { AGENT_TABS, type AgentTab, TAB_LABEL } from "./tabs";
import { WorkTab } from "./WorkTab";

const route = getRouteApi("/shell/agents/$agentId");

/** One agent: whether it is well, what it does, what it was told and says, and its settings. */
export function AgentPage() {
  const { agentId } = route.useParams();
  const { tab = "overview" } = route.useSearch();
  const admin = useOrganizationAdmin();
  const query = useQuery({ ...agentQuery(agentId), enabled: admin.allowed });
  const agent = query.data;
  useTitle(tab === "overview" ? null : TAB_LABEL[tab], agent?.name ?? "Agent");
  return (
    <>
      <PageHeader actions={agent && <Actions agent={agent} />}>
        <nav aria-label="You are here" className="flex min-w-0 items-center gap-1.5">
          <Link to="/agents" className="text-ink-2 hover:text-ink max-md:hidden">
            Agents
          </Link>
          <ChevronRight size={14} className="shrink-0 text-ink-3 max-md:hidden" aria-hidden="true" />
          <h1 className="truncate text-base font-semibold">{agent?.name ?? "Agent"}</h1>
        </nav>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        <div className="mx-auto max-w-5xl space-y-4">
          <AdminsOnly icon={<Bot size={20} />} title="Agents are looked after by administrators">
            {query.isPending && <ListSkeleton label="Loading the agent" />}
          </AdminsOnly>
          {query.error && !agent && <Missing error={query.error} onRetry={() => void query.refetch()} />}
          {agent && (
            <>
              <Heading agent={agent} />
              <div>
                <Tabs
                  label="Parts of the agent"
                  tabs={AGENT_TABS.filter((name) => name !== "session" || agent.gateway_id)
                    .filter((name) => name !== "files" || agent.gateway_id)
                    .map((name) => ({
                      label: TAB_LABEL[name],
                      active: tab === name,
                      link: linkOptions({
                        to: "/agents/$agentId",
                        params: { agentId },
                        search: name === "overview" ? {} : { tab: name },
                      }),
                    }))}
                />
              </div>
              <Part tab={tab} agent={agent} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function Part({ tab, agent }: { tab: AgentTab; agent: Agent }) {
  switch (tab) {
    case "work":
      return <WorkTab agent={agent} />;
    case "messages":
      return <MessagesTab agent={agent} />;
    case "session":
      return <SessionTab agent={agent} />;
    case "files":
      return <FilesTab agent={agent} />;
    case "activity":
      return <ActivityTab agent={agent} />;
    case "settings":
      return <SettingsTab key={agent.id} agent={agent} />;
    default:
      return <OverviewTab agent={agent} />;
  }
}

function Missing({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof ApiError && error.status === 404) {
    return (
      <EmptyState icon={<SearchX size={20} />} title="This agent is not here">
        It may have been deleted, or belong to another organization.{" "}
        <Link to="/agents" className="text-accent-text underline">
          All agents
        </Link>
      </EmptyState>
    );
  }
  return <ErrorState error={error} title="The agent could not be loaded" onRetry={onRetry} />;
}

function Actions({ agent }: { agent: Agent }) {
  const wake = useWakeAgent();
  const navigate = route.useNavigate();
  return (
    <>
      <Button
        icon={<AlarmClock size={14} />}
        reason={wakeReason(agent)}
        busy={wake.isPending}
        className="max-md:hidden"
        onClick={() =>
          wake.mutate(agent.id, {
            onSuccess: () => notifySuccess(`${agent.name} was woken`),
            onError: (error) => notifyError(`${agent.name} was not woken`, { description: messageOf(error) }),
          })
        }
      >
        Wake
      </Button>
      <AgentMenu agent={agent} onDeleted={() => void navigate({ to: "/agents", search: {}, replace: true })} />
    </>
  );
}

function Heading({ agent }: { agent: Agent }) {
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const gateways = useQuery(gatewaysQuery).data?.items ?? [];
  const board = boards.find((entry) => entry.id === agent.board_id);
  const gateway = gateways.find((entry) => entry.id === agent.gateway_id);
  const lifecycle = lifecycleOf(agent);
  const presence = presenceOf(agent);
  const role = roleOf(agent);
  return (
    <div className="flex items-start gap-3">
      <AgentFace agent={agent} large />
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="inline-flex items-center gap-1.5 font-medium">
            <PresenceDot presence={agent.presence} large />
            {presence.label}
          </span>
          {lifecycle && <Badge tone={lifecycle.tone}>{lifecycle.label}</Badge>}
          {agent.status_note && <span className="text-ink-2">“{agent.status_note}”</span>}
        </p>
        <p className="mt-0.5 flex flex-wrap gap-x-1.5 text-sm text-ink-3 [&>:not(:last-child)]:after:ml-1.5 [&>:not(:last-child)]:after:content-['·']">
          <span>{kindOf(agent)}</span>
          {role && <span>{role}</span>}
          {board && (
            <Link to="/boards/$boardId" params={{ boardId: board.id }} className="hover:text-ink hover:underline">
              {board.name}
            </Link>
          )}
          {gateway ? (
            <Link
              to="/gateways/$gatewayId"
              params={{ gatewayId: gateway.id }}
              className="hover:text-ink hover:underline"
            >
              {gateway.name}
            </Link>
          ) : (
            <span>{agent.gateway_id ? "on a gateway" : "runs on its own"}</span>
          )}
        </p>
      </div>
    </div>
  );
}
