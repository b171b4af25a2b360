import { Terminal } from "lucide-react";
import type { Agent } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { SessionView } from "@/features/gateways/SessionView";

/** What is said in the session of an agent on its gateway. */
export function SessionTab({ agent }: { agent: Agent }) {
  if (!agent.gateway_id || !agent.openclaw_session_id) {
    return (
      <EmptyState icon={<Terminal size={20} />} title="It has no session">
        An agent that runs on its own talks to its model by itself; nothing of it is seen here.
      </EmptyState>
    );
  }
  return (
    <SessionView
      key={agent.openclaw_session_id}
      gateway={agent.gateway_id}
      session={agent.openclaw_session_id}
      name={agent.name}
    />
  );
}
