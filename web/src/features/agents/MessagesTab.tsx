import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { MessageSquare, RotateCw } from "lucide-react";
import { messageOf } from "@/api/errors";
import { agentMessagesQuery } from "@/api/queries/agents";
import type { Agent, AgentMessage } from "@/api/types";
import { Badge, type Tone } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { OlderButton } from "@/components/OlderButton";
import { Pill } from "@/components/Pill";
import { DueTime, RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { notifyError, notifySuccess } from "@/lib/notify";
import { useRetryMessage } from "./mutations";

const route = getRouteApi("/shell/agents/$agentId");

const STATES: Record<AgentMessage["state"], { label: string; tone: Tone }> = {
  queued: { label: "Waits", tone: "accent" },
  sending: { label: "On its way", tone: "accent" },
  delivered: { label: "Delivered", tone: "ok" },
  failed: { label: "Tried again", tone: "warn" },
  dead: { label: "Given up", tone: "danger" },
};

/** What an agent was told, and what became of it. */
export function MessagesTab({ agent }: { agent: Agent }) {
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(agentMessagesQuery(agent.id, state ?? null));
  const messages = query.data?.pages.flatMap((page) => page.items);
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <div className="space-y-3">
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">State</legend>
        {(Object.keys(STATES) as AgentMessage["state"][]).map((name) => (
          <Pill
            key={name}
            on={state === name}
            onClick={() =>
              void navigate({
                search: { tab: "messages", ...(state === name ? {} : { state: name }) },
                replace: true,
              })
            }
          >
            {STATES[name].label}
          </Pill>
        ))}
      </fieldset>
      {!messages && query.isPending && <ListSkeleton label="Loading its messages" />}
      {!messages && query.error && (
        <ErrorState error={query.error} title="Its messages could not be loaded" onRetry={() => void query.refetch()} />
      )}
      {messages?.length === 0 && (
        <EmptyState icon={<MessageSquare size={20} />} title={state ? "No message in this state" : "No messages yet"}>
          {agent.gateway_id
            ? "Tasks, decisions, mentions and payloads are told to it as messages, once each."
            : "An agent that runs on its own gets no messages: it asks by itself."}
        </EmptyState>
      )}
      {messages && messages.length > 0 && (
        <>
          <p className="text-xs text-ink-3">{total === 1 ? "One message" : `${total} messages`}, newest first</p>
          <ul
            aria-label="Messages"
            className="divide-y divide-line overflow-clip rounded-xl border border-line bg-surface shadow-card"
          >
            {messages.map((message) => (
              <MessageRow key={message.id} agent={agent} message={message} />
            ))}
          </ul>
        </>
      )}
      <OlderButton query={query} what="messages" />
    </div>
  );
}

function MessageRow({ agent, message }: { agent: Agent; message: AgentMessage }) {
  const retry = useRetryMessage(agent.id);
  const state = STATES[message.state];
  const settled = message.state === "delivered" || message.state === "sending";
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{words(message.kind)}</span>
        <Badge tone={state.tone}>{state.label}</Badge>
        {message.attempts > 1 && <span className="text-xs text-ink-3">{message.attempts} attempts</span>}
        {message.task_id && message.board_id && (
          <Link
            to="/boards/$boardId"
            params={{ boardId: message.board_id }}
            search={{ taskId: message.task_id }}
            className="text-xs text-accent-text hover:underline"
          >
            its task
          </Link>
        )}
        <RelativeTime
          value={message.delivered_at ?? message.created_at}
          className="ml-auto shrink-0 text-xs text-ink-3"
        />
      </div>
      {message.last_error && message.state !== "delivered" && (
        <p className="mt-1 text-sm break-words text-warn">{message.last_error}</p>
      )}
      <details className="mt-1">
        <summary className="cursor-pointer truncate text-sm text-ink-2">{firstLine(message.content)}</summary>
        <pre className="mt-2 rounded-md border border-line bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap">
          {message.content}
        </pre>
      </details>
      {!settled && (
        <div className="mt-2 flex flex-wrap items-center gap-3 text-xs text-ink-3">
          <Button
            size="sm"
            icon={<RotateCw size={13} />}
            busy={retry.isPending}
            onClick={() =>
              retry.mutate(message.id, {
                onSuccess: () => notifySuccess("It is sent once more"),
                onError: (error) => notifyError("It was not sent", { description: messageOf(error) }),
              })
            }
          >
            Send now
          </Button>
          {message.next_attempt_at && (
            <span>
              by itself <DueTime value={message.next_attempt_at} />
            </span>
          )}
        </div>
      )}
    </li>
  );
}

function words(kind: string): string {
  const text = kind.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function firstLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.find(Boolean) ?? "(empty)";
}
