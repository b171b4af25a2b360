import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { Agent } from "@/api/types";
import type { Tone } from "@/components/Badge";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { stateOf } from "@/features/agents/describe";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { cx } from "@/lib/cx";
import { useBoard } from "./context";

const SHOWN = 5;

const DOTS: Record<Tone, string> = {
  neutral: "bg-line-strong",
  accent: "bg-accent",
  ok: "bg-ok",
  warn: "bg-warn",
  danger: "bg-danger",
};

/** The agents of the board with their presence: those at work first. Opens as a list of who does what. */
export function AgentsMenu() {
  const { snapshot, tasks } = useBoard();
  const navigate = useNavigate();
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
    <Menu
      align="end"
      className="w-72"
      trigger={
        <button
          type="button"
          aria-label={`Agents of this board: ${agents.length}, ${online} online, ${working.size} at work`}
          className="flex h-8 items-center rounded-md px-1.5 hover:bg-hover max-md:h-10"
        >
          {agents.length === 0 && <span className="px-1 text-sm text-ink-2">No agents</span>}
          <span className="flex -space-x-1.5">
            {agents.slice(0, SHOWN).map((agent) => (
              <Avatar key={agent.id} agent={agent} ring={working.has(agent.id)} />
            ))}
          </span>
          {agents.length > SHOWN && <span className="pl-1.5 text-xs text-ink-3">+{agents.length - SHOWN}</span>}
        </button>
      }
    >
      <MenuGroup label="Agents of this board">
        {agents.map((agent) => (
          <MenuItem
            key={agent.id}
            icon={<Avatar agent={agent} />}
            note={working.get(agent.id) ?? stateOf(agent).label}
            hint={agent.is_board_lead ? <span className="text-xs text-ink-3">Lead</span> : undefined}
            onClick={() => void navigate({ to: "/agents/$agentId", params: { agentId: agent.id } })}
          >
            {agent.name}
          </MenuItem>
        ))}
        {agents.length === 0 && <MenuItem disabled>Nobody works here yet</MenuItem>}
      </MenuGroup>
      {admin.allowed && (
        <>
          <MenuSeparator />
          <MenuItem icon={<Plus size={14} />} onClick={() => void navigate({ to: "/agents/new" })}>
            New agent…
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

/** An agent as a circle with a letter and a dot for its state. */
function Avatar({ agent, ring }: { agent: Agent; ring?: boolean }) {
  const emoji = agent.identity_profile?.emoji;
  const sign = typeof emoji === "string" && /^\p{Extended_Pictographic}/u.test(emoji) ? emoji : initial(agent.name);
  return (
    <span
      className={cx(
        "relative grid size-6 shrink-0 place-items-center rounded-full border-2 border-canvas bg-accent-soft text-[11px] font-semibold text-accent-text",
        ring && "outline-2 -outline-offset-1 outline-accent",
      )}
      aria-hidden="true"
    >
      {sign}
      <span
        className={cx(
          "absolute -right-0.5 -bottom-0.5 size-2 rounded-full border border-canvas",
          DOTS[stateOf(agent).tone],
        )}
      />
    </span>
  );
}

/** Who is at work, then who could be. */
function rank(agent: Agent, working: ReadonlyMap<string, string>): number {
  if (working.has(agent.id)) return 0;
  if (agent.presence === "online") return 1;
  return agent.presence === "idle" ? 2 : 3;
}

function initial(name: string): string {
  return name.trim().charAt(0).toUpperCase() || "·";
}
