const NAMES: Record<string, string> = {
  "task.created": "Task created",
  "task.updated": "Task changed",
  "task.status_changed": "Task moved",
  "task.comment": "Comment",
  "task.deleted": "Task deleted",
  "task.dependencies_changed": "Dependencies changed",
  "task.assignee_notified": "Assignee told",
  "task.assignee_notify_failed": "Assignee could not be told",
  "task.assignee_woken": "Assignee woken",
  "task.assignee_wake_failed": "Assignee could not be woken",
  "task.lead_notified": "Lead told",
  "task.lead_notify_failed": "Lead could not be told",
  "board.created": "Board created",
  "board.updated": "Board changed",
  "board.deleted": "Board deleted",
  "memory.created": "Message or note",
  "webhook.created": "Webhook created",
  "webhook.updated": "Webhook changed",
  "webhook.deleted": "Webhook deleted",
  "webhook.received": "Webhook received",
  "webhook.delivered": "Webhook delivered",
  "webhook.delivery_failed": "Webhook delivery failed",
  "agent.heartbeat": "Agent checked in",
};

/** An event's type in words. Types that this console does not know are spelled out from their name. */
export function describeType(type: string): string {
  const known = NAMES[type];
  if (known) return known;
  const words = type.replaceAll(/[._]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An event's message without the words that its title says already. */
export function describeMessage(type: string, message: string): string {
  const title = `${describeType(type)}: `;
  return message.toLowerCase().startsWith(title.toLowerCase()) ? message.slice(title.length) : message;
}
