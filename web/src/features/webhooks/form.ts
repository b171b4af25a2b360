import type { Webhook, WebhookUpdate } from "@/api/types";
import { isHeaderName } from "./secret";
import { LEAD, type WebhookForm } from "./WebhookFields";

/** What is wrong with the form, by field. */
export function problemsOf(form: WebhookForm): Record<"description" | "secret" | "signatureHeader", string | null> {
  return {
    description: form.description.trim() ? null : "Say what the agent should do.",
    secret: form.secretChoice === "own" && !form.secret.trim() ? "Enter the secret, or choose to generate one." : null,
    signatureHeader:
      form.signatureHeader.trim() && !isHeaderName(form.signatureHeader.trim())
        ? "Header names have letters, digits and hyphens only."
        : null,
  };
}

/** Fills the form from a webhook. */
export function formOf(webhook: Webhook): WebhookForm {
  return {
    description: webhook.description,
    recipient: webhook.agent_id ?? LEAD,
    secretChoice: webhook.has_secret ? "keep" : "none",
    secret: "",
    signatureHeader: webhook.signature_header ?? "",
  };
}

/** Only what differs from the webhook. Without `secret` in it the server keeps the present one. */
export function webhookChanges(form: WebhookForm, webhook: Webhook): WebhookUpdate {
  const changes: WebhookUpdate = {};
  const agent = form.recipient === LEAD ? null : form.recipient;
  const header = form.signatureHeader.trim() || null;
  if (form.description.trim() !== webhook.description) changes.description = form.description.trim();
  if (agent !== (webhook.agent_id ?? null)) changes.agent_id = agent;
  if (form.secretChoice === "generate" || form.secretChoice === "own") changes.secret = form.secret.trim();
  if (form.secretChoice === "none" && webhook.has_secret) changes.secret = null;
  if (form.secretChoice !== "none" && header !== (webhook.signature_header ?? null)) changes.signature_header = header;
  return changes;
}
