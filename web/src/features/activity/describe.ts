import type { TaskStatus } from "@/api/types";
import { STATUS_LABEL } from "@/features/task/status";

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
  "task.rework_notified": "Assignee told to rework",
  "task.rework_notify_failed": "Assignee could not be told to rework",
  "task.lead_notified": "Lead told",
  "task.lead_notify_failed": "Lead could not be told",
  "task.lead_unassigned_notified": "Lead told of work without an assignee",
  "task.lead_unassigned_notify_failed": "Lead could not be told of work without an assignee",
  "approval.created": "Approval asked for",
  "approval.approved": "Approved",
  "approval.rejected": "Rejected",
  "approval.reopened": "Approval opened again",
  "approval.lead_notified": "Lead told of a decision",
  "approval.lead_notify_failed": "Lead could not be told of a decision",
  "board.created": "Board created",
  "board.updated": "Board changed",
  "board.deleted": "Board deleted",
  "board.lead_notified": "Lead told of a change of the board",
  "board.lead_notify_failed": "Lead could not be told of a change of the board",
  "board.group.join.notified": "Agents told that a board joined the group",
  "board.group.join.notify_failed": "Agents could not be told that a board joined the group",
  "board.group.leave.notified": "Agents told that a board left the group",
  "board.group.leave.notify_failed": "Agents could not be told that a board left the group",
  "memory.created": "Message or note",
  "question.asked": "Question to people",
  "question.answered": "Question answered",
  "webhook.created": "Webhook created",
  "webhook.updated": "Webhook changed",
  "webhook.deleted": "Webhook deleted",
  "webhook.received": "Webhook received",
  "webhook.delivered": "Webhook delivered",
  "webhook.delivery_failed": "Webhook delivery failed",
  "agent.heartbeat": "Agent checked in",
  "agent.online": "Agent came online",
  "agent.offline": "Agent went offline",
  "agent.checkin.missed": "Agent missed its check-in",
  "agent.gave_up": "Agent does not wake up",
  "agent.wakeup.sent": "Agent woken",
  "agent.nudge.sent": "Agent nudged",
  "agent.nudge.failed": "Agent could not be nudged",
  "agent.message.failed": "Message to an agent failed",
  "agent.soul.updated": "Persona changed",
  "agent.delete.direct": "Agent removed",
  "agent.provision.failed": "Agent could not be set up",
  "gateway.main.lead_message.sent": "Message to a lead",
  "gateway.main.lead_message.failed": "Message to a lead failed",
  "gateway.main.lead_broadcast.sent": "Message to all leads",
  "gateway.lead.ask_user.sent": "Question to people",
  "gateway.lead.ask_user.failed": "Question could not be passed on",
};

/** An event's type in words. Types that this console does not know are spelled out from their name. */
export function describeType(type: string): string {
  const known = NAMES[type];
  if (known) return known;
  const words = type.replaceAll(/[._]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const MOVED = /^Task moved to (\w+): (.*)$/s;

/** An event's message without the words that its title says already. */
export function describeMessage(type: string, message: string): string {
  const moved = type === "task.status_changed" ? MOVED.exec(message) : null;
  if (moved) return `${moved[2]} → ${STATUS_LABEL[moved[1] as TaskStatus] ?? moved[1]}`;
  const title = `${describeType(type)}: `;
  return message.toLowerCase().startsWith(title.toLowerCase()) ? message.slice(title.length) : message;
}
