import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Agent } from "@/api/types";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { stateOf } from "@/features/agents/describe";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { AgentSign } from "./AgentSign";

/** The agents in the order in which they are listed, and what those at work do. */
export interface AgentsMenuListProps {
  agents: readonly Agent[];
  /** The title of the task that an agent works on, by the agent's id. */
  working: ReadonlyMap<string, string>;
}

/** Who does what on a board, as a menu. */
export default function AgentsMenuList({ agents, working, trigger }: LateMenuProps & AgentsMenuListProps) {
  const navigate = useNavigate();
  const admin = useOrganizationAdmin();
  const [open, setOpen] = useState(true);
  return (
    <Menu align="end" className="w-72" open={open} onOpenChange={setOpen} trigger={trigger}>
      <MenuGroup label="Agents of this board">
        {agents.map((agent) => (
          <MenuItem
            key={agent.id}
            icon={<AgentSign agent={agent} />}
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
