import { useQuery } from "@tanstack/react-query";
import { Bot, MessageSquare } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { commentsQuery } from "@/api/queries/boards";
import { sessionQuery } from "@/api/queries/session";
import type { TaskCard, TaskComment } from "@/api/types";
import { Composer } from "@/components/Composer";
import { ErrorState } from "@/components/ErrorState";
import { Markdown } from "@/components/Markdown";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { Button } from "@/components/ui/Button";
import { useBoard } from "@/features/board/context";
import { displayName } from "@/features/shell/displayName";
import { cx } from "@/lib/cx";
import { initial } from "@/lib/initial";
import { mentionsOf } from "@/lib/mentions";
import { useAddComment } from "./mutations";

// Long conversations render their end first.
const SHOWN_AT_FIRST = 50;

/** The conversation about a task, oldest first, with the field to add to it. */
export function Comments({ task, commentId }: { task: TaskCard; commentId: string | undefined }) {
  const { boardId, snapshot, write } = useBoard();
  const mentions = useMemo(() => mentionsOf(snapshot.agents), [snapshot.agents]);
  const query = useQuery(commentsQuery(boardId, task.id));
  const add = useAddComment(boardId, task.id);
  const [all, setAll] = useState(false);
  const comments = query.data?.items ?? [];
  const linked = commentId ? comments.findIndex((comment) => comment.id === commentId) : -1;
  const first =
    all || (linked >= 0 && linked < comments.length - SHOWN_AT_FIRST) ? 0 : comments.length - SHOWN_AT_FIRST;
  const hidden = Math.max(first, 0);

  return (
    <section aria-label="Comments" className="px-5 pt-3 pb-4">
      {query.isPending && <ListSkeleton rows={3} label="Loading comments" />}
      {query.error && !query.data && (
        <ErrorState error={query.error} title="The comments could not be loaded" onRetry={() => void query.refetch()} />
      )}
      {query.data && comments.length === 0 && (
        <p className="flex items-center gap-2 px-2 pb-3 text-ink-3">
          <MessageSquare size={14} aria-hidden="true" />
          No comments yet. Write @name to call an agent into the task.
        </p>
      )}
      {hidden > 0 && (
        <Button size="sm" className="mb-3 ml-2" onClick={() => setAll(true)}>
          Show {hidden} earlier
        </Button>
      )}
      <ol className="space-y-1" aria-live="polite">
        {comments.slice(hidden).map((comment) => (
          <CommentEntry key={comment.id} comment={comment} linked={comment.id === commentId} />
        ))}
      </ol>
      {query.data && query.data.total > comments.length && (
        <p className="px-2 text-xs text-ink-3">
          The first {comments.length} of {query.data.total}.
        </p>
      )}
      <div className="sticky bottom-0 -mx-5 mt-3 bg-surface px-7 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
        <Composer
          key={task.id}
          draftKey={`comment.${task.id}`}
          label="Comment"
          placeholder="Write a comment…"
          action="Add comment"
          reason={write.reason}
          mentions={mentions}
          onSend={(text) => add.mutateAsync(text)}
        />
      </div>
    </section>
  );
}

function CommentEntry({ comment, linked }: { comment: TaskComment; linked: boolean }) {
  const { snapshot } = useBoard();
  const me = useQuery(sessionQuery).data?.user;
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (linked) item.current?.scrollIntoView({ block: "center" });
  }, [linked]);
  const agent = comment.agent_id ? snapshot.agents.find((entry) => entry.id === comment.agent_id) : undefined;
  // Names are never guessed: who is unknown stays unknown.
  const author = comment.agent_id
    ? (agent?.name ?? comment.author_name ?? "Agent")
    : (comment.author_name ?? (comment.user_id && comment.user_id === me?.id ? displayName(me) : "Human"));
  return (
    <li
      ref={item}
      id={`comment-${comment.id}`}
      className={cx("flex gap-3 rounded-lg p-2", linked && "arrive bg-accent-soft")}
    >
      <span
        className={cx(
          "mt-0.5 grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold",
          comment.agent_id ? "bg-accent-soft text-accent-text" : "bg-hover text-ink-2",
        )}
        aria-hidden="true"
      >
        {comment.agent_id ? <Bot size={14} /> : initial(author)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <span className="font-semibold">{author}</span>
          {comment.agent_id && <span className="text-xs text-ink-3">agent</span>}
          <RelativeTime value={comment.created_at} className="text-xs text-ink-3" />
        </p>
        <Markdown text={comment.message ?? ""} />
      </div>
    </li>
  );
}
