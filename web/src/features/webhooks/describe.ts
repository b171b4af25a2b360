import { API_ORIGIN } from "@/api/origin";
import type { Agent, Webhook } from "@/api/types";

/** The address that other services call. */
export function endpointOf(webhook: Webhook): string {
  return webhook.endpoint_url ?? API_ORIGIN + webhook.endpoint_path;
}

/** Who gets what the webhook receives. */
export function recipientOf(webhook: Pick<Webhook, "agent_id">, agents: Agent[]): string {
  if (!webhook.agent_id) return "the board's lead";
  return agents.find((agent) => agent.id === webhook.agent_id)?.name ?? "an agent";
}
