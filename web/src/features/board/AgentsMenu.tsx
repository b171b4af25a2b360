import type { Agent } from "@/api/types";
import { lazyMenu } from "@/components/ui/lazyMenu";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { AgentSign } from "./AgentSign";
import type { AgentsMenuListProps } from "./AgentsMenuList";
import { useBoard } from "./context";

const SHOWN = 5;

const AgentsMenuList = lazyMenu<AgentsMenuListProps>(() => import("./AgentsMenuList"));

/** The agents of the board with their presence: those at work first. Opens as a list of who does what. */
export function AgentsMenu() {
  const { snapshot, tasks } = useBoard();
  const admin = useOrganizationAdmin();
  const working = new Map(
    tasks
      .filter((task) => task.status === "in_progress" && task.assigned_agent_id)
      .map((task) => [task.assigned_agent_id as string, task.title]),
  );
  const agents = snapshot.agents.toSorted(
    (a, b) => rank(a, working) - rank(b, working) || a.name.localeCompare(b.name),
  );
  const online = agents.filter((agent) => agent.presence === "online").length;
  if (agents.length === 0 && !admin.allowed) return null;
  return (
    <AgentsMenuList
      agents={agents}
      working={working}
      trigger={
        <button
          type="button"
          aria-label={`Agents of this board: ${agents.length}, ${online} online, ${working.size} at work`}
          className="flex h-8 items-center rounded-md px-1.5 hover:bg-hover max-md:h-10"
        >
          {agents.length === 0 && <span className="px-1 text-sm text-ink-2">No agents</span>}
          <span className="flex -space-x-1.5">
            {agents.slice(0, SHOWN).map((agent) => (
              <AgentSign key={agent.id} agent={agent} ring={working.has(agent.id)} />
            ))}
          </span>
          {agents.length > SHOWN && <span className="pl-1.5 text-xs text-ink-3">+{agents.length - SHOWN}</span>}
        </button>
      }
    />
  );
}

/** Who is at work, then who could be. */
function rank(agent: Agent, working: ReadonlyMap<string, string>): number {
  if (working.has(agent.id)) return 0;
  if (agent.presence === "online") return 1;
  return agent.presence === "idle" ? 2 : 3;
}
