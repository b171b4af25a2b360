import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MessageSquare, NotebookText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { call, client } from "@/api/client";
import type { MemoryKind } from "@/api/keys";
import { groupMemoryQuery } from "@/api/queries/groups";
import { membershipQuery } from "@/api/queries/organization";
import type { GroupBoard, GroupMemory } from "@/api/types";
import { Composer } from "@/components/Composer";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Markdown } from "@/components/Markdown";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Checkbox } from "@/components/ui/Checkbox";
import { Sheet } from "@/components/ui/Sheet";
import { boardWrite } from "@/features/session/permissions";
import { handleOf, type Mention } from "@/lib/mentions";
import { upsertGroupMemory } from "@/live/apply";

interface GroupPanelProps {
  groupId: string;
  boards: GroupBoard[];
  panel: MemoryKind | undefined;
  onChange: (panel: MemoryKind | undefined) => void;
}

/** The chat of a group with the agents of all its boards, or what the group remembers. */
export function GroupPanel({ groupId, boards, panel, onChange }: GroupPanelProps) {
  return (
    <Sheet
      open={panel !== undefined}
      onClose={() => onChange(undefined)}
      title={panel === "notes" ? "Notes of the group" : "Chat of the group"}
    >
      {panel && <Entries key={`${groupId}.${panel}`} groupId={groupId} boards={boards} kind={panel} />}
    </Sheet>
  );
}

function Entries({ groupId, boards, kind }: { groupId: string; boards: GroupBoard[]; kind: MemoryKind }) {
  const cache = useQueryClient();
  const query = useQuery(groupMemoryQuery(groupId, kind));
  const member = useQuery(membershipQuery).data;
  const [broadcast, setBroadcast] = useState(true);
  const end = useRef<HTMLDivElement>(null);
  const newest = query.data?.items[0]?.id;
  // Who may write on one board of the group may speak in it.
  const mayWrite = member?.all_boards_write || boards.some(({ board }) => boardWrite(member, board.id).allowed);
  const reason = !member
    ? "Your rights are still being loaded."
    : mayWrite
      ? null
      : "You can read this group. To write you need write access to one of its boards.";
  const post = useMutation({
    mutationFn: (content: string) =>
      call<GroupMemory>(
        client.POST("/api/v1/board-groups/{group_id}/memory", {
          params: { path: { group_id: groupId } },
          body: { content, tags: [kind === "chat" ? "chat" : "note", ...(broadcast ? ["broadcast"] : [])] },
        }),
      ),
    onSuccess: (memory) => upsertGroupMemory(cache, groupId, memory),
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
          <ErrorState error={query.error} title="This could not be loaded" onRetry={() => void query.refetch()} />
        )}
        {query.data?.items.length === 0 && <Nothing kind={kind} />}
        {query.data && query.data.items.length > 0 && (
          <ol className="space-y-4 p-4" aria-live="polite">
            {query.data.total > query.data.items.length && (
              <li className="text-center text-xs text-ink-3">
                The newest {query.data.items.length} of {query.data.total}.
              </li>
            )}
            {query.data.items.toReversed().map((entry) => (
              <li key={entry.id}>
                <p className="flex items-baseline gap-2">
                  <span className="font-semibold">{entry.source?.trim() || "Somebody"}</span>
                  <RelativeTime value={entry.created_at} className="text-xs text-ink-3" />
                  {entry.tags?.includes("broadcast") && <span className="text-xs text-ink-3">to everybody</span>}
                </p>
                <Markdown text={entry.content} />
              </li>
            ))}
          </ol>
        )}
        <div ref={end} />
      </div>
      <div className="shrink-0 space-y-2 border-t border-line p-3">
        <Checkbox
          label="Tell every agent of the group"
          description="Otherwise the leads, and whom you call with @name."
          checked={broadcast}
          reason={reason}
          onChange={setBroadcast}
        />
        <Composer
          draftKey={`group.${kind}.${groupId}`}
          label={kind === "chat" ? "Message to the group" : "New note"}
          placeholder={kind === "chat" ? "Message the group; @all, @lead or @name" : "Something to remember"}
          action={kind === "chat" ? "Send message" : "Add note"}
          reason={reason}
          mentions={mentionsOf(boards)}
          onSend={(text) => post.mutateAsync(text)}
        />
      </div>
    </>
  );
}

/** Who can be called in a group: everybody, the leads, and those who work on what is shown. */
function mentionsOf(boards: GroupBoard[]): Mention[] {
  const names = new Set(boards.flatMap(({ tasks }) => tasks.flatMap((task) => (task.assignee ? [task.assignee] : []))));
  return [
    { handle: "all", name: "Every agent of the group" },
    { handle: "lead", name: "The leads of the boards" },
    ...[...names].map((name) => ({ handle: handleOf(name), name })).filter(({ handle }) => handle),
  ];
}

function Nothing({ kind }: { kind: MemoryKind }) {
  return kind === "chat" ? (
    <EmptyState icon={<MessageSquare size={20} />} title="Nobody has said anything yet">
      What is said here reaches the agents of all boards of the group.
    </EmptyState>
  ) : (
    <EmptyState icon={<NotebookText size={20} />} title="No notes yet">
      Notes are what the boards of the group share: decisions, findings, words to use.
    </EmptyState>
  );
}
