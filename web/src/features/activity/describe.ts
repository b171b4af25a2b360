import type { TaskStatus } from "@/api/types";
import { STATUS_LABEL } from "@/features/task/status";

const NAMES: Record<string, string> = {
  "task.created": "Task created",
  "task.updated": "Task updated",
  "task.status_changed": "Task moved",
  "task.comment": "Comment",
  "task.deleted": "Task deleted",
  "task.dependencies_changed": "Dependencies changed",
  "task.assignee_notified": "Assignee notified",
  "task.assignee_notify_failed": "Assignee notification failed",
  "task.assignee_woken": "Assignee woken",
  "task.assignee_wake_failed": "Assignee wake-up failed",
  "task.rework_notified": "Rework requested from assignee",
  "task.rework_notify_failed": "Rework request to assignee failed",
  "task.lead_notified": "Lead notified",
  "task.lead_notify_failed": "Lead notification failed",
  "task.lead_unassigned_notified": "Lead notified of unassigned task",
  "task.lead_unassigned_notify_failed": "Lead notification of unassigned task failed",
  "approval.created": "Approval requested",
  "approval.approved": "Approved",
  "approval.rejected": "Rejected",
  "approval.reopened": "Approval reopened",
  "approval.lead_notified": "Lead notified of decision",
  "approval.lead_notify_failed": "Lead notification of decision failed",
  "board.created": "Board created",
  "board.updated": "Board updated",
  "board.deleted": "Board deleted",
  "board.lead_notified": "Lead notified of board change",
  "board.lead_notify_failed": "Lead notification of board change failed",
  "board.group.join.notified": "Agents notified: board joined group",
  "board.group.join.notify_failed": "Notification failed: board joined group",
  "board.group.leave.notified": "Agents notified: board left group",
  "board.group.leave.notify_failed": "Notification failed: board left group",
  "memory.created": "Message or note",
  "question.asked": "Question asked",
  "question.answered": "Question answered",
  "webhook.created": "Webhook created",
  "webhook.updated": "Webhook updated",
  "webhook.deleted": "Webhook deleted",
  "webhook.received": "Webhook received",
  "webhook.delivered": "Webhook delivered",
  "webhook.delivery_failed": "Webhook delivery failed",
  "agent.heartbeat": "Agent heartbeat",
  "agent.online": "Agent came online",
  "agent.offline": "Agent went offline",
  "agent.checkin.missed": "Heartbeat missed",
  "agent.gave_up": "Agent stopped responding",
  "agent.wakeup.sent": "Agent woken",
  "agent.nudge.sent": "Agent nudged",
  "agent.nudge.failed": "Agent nudge failed",
  "agent.message.failed": "Message to agent failed",
  "agent.soul.updated": "Persona updated",
  "agent.delete.direct": "Agent removed",
  "agent.provision.failed": "Agent provisioning failed",
  "gateway.main.lead_message.sent": "Message to lead",
  "gateway.main.lead_message.failed": "Message to lead failed",
  "gateway.main.lead_broadcast.sent": "Message to all leads",
  "gateway.lead.ask_user.sent": "Question asked",
  "gateway.lead.ask_user.failed": "Question delivery failed",
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
