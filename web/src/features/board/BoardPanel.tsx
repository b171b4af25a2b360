import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MessageSquare, NotebookText } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { call, client } from "@/api/client";
import type { MemoryKind } from "@/api/keys";
import { memoryQuery } from "@/api/queries/boards";
import { sessionQuery } from "@/api/queries/session";
import type { Memory } from "@/api/types";
import { Composer } from "@/components/Composer";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Markdown } from "@/components/Markdown";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Sheet } from "@/components/ui/Sheet";
import { displayName } from "@/features/shell/displayName";
import { cx } from "@/lib/cx";
import { initial } from "@/lib/initial";
import { mentionsOf } from "@/lib/mentions";
import { upsertMemory } from "@/live/apply";
import { ActivityContent } from "./ActivityContent";
import { ApprovalsContent } from "./ApprovalsContent";
import { useBoard } from "./context";
import type { Panel } from "./search";

interface BoardPanelProps {
  panel: Panel | undefined;
  onChange: (panel: Panel) => void;
  onClose: () => void;
}

const TABS: { value: Panel; label: string }[] = [
  { value: "chat", label: "Chat" },
  { value: "notes", label: "Notes" },
  { value: "approvals", label: "Approvals" },
  { value: "activity", label: "Activity" },
];

/**
 * What stands beside the tasks: the chat with the agents, what the board remembers, what waits for a decision, and what
 * happens.
 */
export default function BoardPanel({ panel, onChange, onClose }: BoardPanelProps) {
  return (
    <Sheet
      open={panel !== undefined}
      onClose={onClose}
      title={TABS.find((tab) => tab.value === panel)?.label ?? "Chat"}
      heading={
        <fieldset aria-label="What to show" className="flex gap-1">
          {TABS.map((tab) => (
            <button
              key={tab.value}
              type="button"
              aria-pressed={panel === tab.value}
              onClick={() => onChange(tab.value)}
              className={cx(
                "h-7 rounded-md px-2.5 text-sm max-md:h-9",
                panel === tab.value ? "bg-hover font-semibold" : "text-ink-2 hover:text-ink",
              )}
            >
              {tab.label}
            </button>
          ))}
        </fieldset>
      }
    >
      {panel === "approvals" && <ApprovalsContent />}
      {panel === "activity" && <ActivityContent />}
      {(panel === "chat" || panel === "notes") && <MemoryContent key={panel} kind={panel} />}
    </Sheet>
  );
}

function MemoryContent({ kind }: { kind: MemoryKind }) {
  const cache = useQueryClient();
  const { boardId, snapshot, write } = useBoard();
  const mentionable = useMemo(() => mentionsOf(snapshot.agents), [snapshot.agents]);
  const me = useQuery(sessionQuery).data?.user;
  const query = useQuery(memoryQuery(boardId, kind));
  const end = useRef<HTMLDivElement>(null);
  const newest = query.data?.items[0]?.id;
  const post = useMutation({
    mutationFn: (content: string) =>
      call(
        client.POST("/api/v1/boards/{board_id}/memory", {
          params: { path: { board_id: boardId } },
          body: { content, tags: [kind === "chat" ? "chat" : "note"], source: displayName(me) },
        }),
      ),
    onSuccess: (memory) => upsertMemory(cache, boardId, memory),
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message brings the end into view.
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [newest]);

  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {query.isPending && <ListSkeleton label="Loading messages" />}
        {query.error && !query.data && (
          <ErrorState
            error={query.error}
            title={kind === "chat" ? "The chat could not be loaded" : "The notes could not be loaded"}
            onRetry={() => void query.refetch()}
          />
        )}
        {query.data?.items.length === 0 && <MemoryEmpty kind={kind} />}
        {query.data && query.data.items.length > 0 && (
          <ol className="space-y-4 p-4" aria-live="polite">
            {query.data.total > query.data.items.length && (
              <li className="text-center text-xs text-ink-3">
                The newest {query.data.items.length} of {query.data.total}.
              </li>
            )}
            {query.data.items.toReversed().map((memory) => (
              <MemoryEntry key={memory.id} memory={memory} />
            ))}
          </ol>
        )}
        <div ref={end} />
      </div>
      <div className="shrink-0 border-t border-line p-3">
        <Composer
          draftKey={`${kind}.${boardId}`}
          label={kind === "chat" ? "Message to the agents" : "New note"}
          placeholder={kind === "chat" ? "Message the agents; @lead or @name to address one" : "Something to remember"}
          action={kind === "chat" ? "Send message" : "Add note"}
          reason={write.reason}
          mentions={mentionable}
          onSend={(text) => post.mutateAsync(text)}
        />
      </div>
    </>
  );
}

function MemoryEntry({ memory }: { memory: Memory }) {
  const source = memory.source?.trim() || (memory.is_chat ? "Somebody" : "Note");
  // Agents address webhooks and payloads by these; for people the text says it.
  const tags = (memory.tags ?? []).filter((tag) => !["chat", "note"].includes(tag) && !tag.includes(":"));
  return (
    <li className="flex gap-3">
      <span
        className="mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-hover text-xs font-semibold text-ink-2"
        aria-hidden="true"
      >
        {initial(source)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-semibold">{source}</span>
          <RelativeTime value={memory.created_at} className="text-xs text-ink-3" />
          {tags.map((tag) => (
            <span key={tag} className="text-xs text-ink-3">
              #{tag}
            </span>
          ))}
        </p>
        <Markdown text={memory.content} />
      </div>
    </li>
  );
}

function MemoryEmpty({ kind }: { kind: MemoryKind }) {
  return kind === "chat" ? (
    <EmptyState icon={<MessageSquare size={20} />} title="Nobody has said anything yet">
      Messages go to the board's lead agent. Write @name to reach another agent, and /pause or /resume to stop or start
      all of them.
    </EmptyState>
  ) : (
    <EmptyState icon={<NotebookText size={20} />} title="No notes yet">
      Notes are what the board remembers: decisions, findings, and everything that its webhooks receive. Agents read
      them before they work.
    </EmptyState>
  );
}
