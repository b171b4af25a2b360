import { Link } from "@tanstack/react-router";
import {
  ArrowRightLeft,
  Bot,
  CircleAlert,
  CircleQuestionMark,
  LayoutGrid,
  ListTodo,
  MessageSquare,
  Pencil,
  Plus,
  ShieldCheck,
  Webhook,
} from "lucide-react";
import { memo, type ReactNode, useEffect, useRef } from "react";
import type { Activity } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { RelativeTime } from "@/components/RelativeTime";
import { cx } from "@/lib/cx";
import { describeMessage, describeType } from "./describe";
import { isFailure } from "./search";

interface EventRowProps {
  event: Activity;
  boardName: string | undefined;
  highlighted: boolean;
  /** What is said beside its name. */
  children?: ReactNode;
}

/** One thing that happened, with the way to where it happened. */
export const EventRow = memo(function EventRow({ event, boardName, highlighted, children }: EventRowProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (highlighted) row.current?.scrollIntoView({ block: "center" });
  }, [highlighted]);
  const failed = isFailure(event.event_type);
  const isComment = event.event_type === "task.comment";
  return (
    <li
      ref={row}
      aria-current={highlighted || undefined}
      className={cx(
        "group relative flex items-start gap-3 px-3 py-2.5 hover:bg-hover",
        highlighted && "arrive bg-accent-soft",
      )}
    >
      <span
        className={cx(
          "grid size-6 shrink-0 place-items-center rounded-full",
          failed ? "bg-danger-soft text-danger" : "bg-hover text-ink-2",
        )}
        aria-hidden="true"
      >
        {failed ? <CircleAlert size={13} /> : iconOf(event.event_type)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <EventLink event={event}>{describeType(event.event_type)}</EventLink>
          {event.actor_name && <span className="text-xs text-ink-2">by {event.actor_name}</span>}
          {boardName && <span className="text-xs text-ink-3">{boardName}</span>}
          {children}
        </p>
        {event.message && (
          <p className={cx("text-ink-2", isComment ? "line-clamp-3 whitespace-pre-line" : "line-clamp-2")}>
            {describeMessage(event.event_type, event.message)}
          </p>
        )}
      </div>
      <RelativeTime value={event.created_at} className="shrink-0 pt-0.5 text-xs text-ink-3" />
      <span className="absolute top-1.5 right-1.5 z-[1] rounded-md bg-surface opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 max-md:hidden">
        <CopyButton
          text={`${location.origin}/activity?eventId=${event.id}&at=${event.created_at}`}
          label="Copy the link to this event"
        />
      </span>
    </li>
  );
});

function EventLink({ event, children }: { event: Activity; children: ReactNode }) {
  const className = "font-medium after:absolute after:inset-0";
  if (!event.board_id) return <span className="font-medium">{children}</span>;
  if (event.event_type.startsWith("approval.")) {
    return (
      <Link to="/approvals" search={{ board: event.board_id, state: "all" }} className={className}>
        {children}
      </Link>
    );
  }
  if (event.event_type.startsWith("question.") || event.event_type.startsWith("gateway.lead.ask_user")) {
    return (
      <Link to="/questions" search={{ show: "all" }} className={className}>
        {children}
      </Link>
    );
  }
  if (event.event_type.startsWith("webhook.")) {
    return (
      <Link to="/boards/$boardId/webhooks" params={{ boardId: event.board_id }} className={className}>
        {children}
      </Link>
    );
  }
  const params = event.route_params as Record<string, string> | null | undefined;
  const search = event.task_id
    ? { taskId: event.task_id, ...(event.event_type === "task.comment" ? { commentId: event.id } : {}) }
    : params?.panel === "chat"
      ? { panel: "chat" as const }
      : {};
  return (
    <Link to="/boards/$boardId" params={{ boardId: event.board_id }} search={search} className={className}>
      {children}
    </Link>
  );
}

function iconOf(type: string): ReactNode {
  switch (type) {
    case "task.comment":
      return <MessageSquare size={13} />;
    case "task.created":
      return <Plus size={13} />;
    case "task.updated":
      return <Pencil size={12} />;
    case "task.status_changed":
      return <ArrowRightLeft size={13} />;
    default:
      break;
  }
  if (type.startsWith("task.")) return <ListTodo size={13} />;
  if (type.startsWith("approval.")) return <ShieldCheck size={13} />;
  if (type.startsWith("question.") || type.startsWith("gateway.lead.ask_user")) return <CircleQuestionMark size={13} />;
  if (type.startsWith("webhook.")) return <Webhook size={13} />;
  if (type.startsWith("agent.") || type.startsWith("gateway.")) return <Bot size={13} />;
  return <LayoutGrid size={13} />;
}
