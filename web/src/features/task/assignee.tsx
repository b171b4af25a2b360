import type { Agent } from "@/api/types";
import type { Option } from "@/components/ui/Select";

/** The value of a select that stands for no assignee. */
export const NOBODY = "none";

/** The agents of a board as options of a select, nobody first. */
export function assigneeOptions(agents: Agent[]): Option<string>[] {
  return [
    { value: NOBODY, label: "Unassigned" },
    ...agents.map((agent) => ({
      value: agent.id,
      label: agent.name,
      note: agent.is_board_lead ? "Lead" : null,
    })),
  ];
}
