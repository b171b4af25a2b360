import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { commentsQuery, snapshotQuery } from "@/api/queries/boards";
import type { TaskComment } from "@/api/types";
import { ErrorState } from "@/components/ErrorState";
import { Markdown } from "@/components/Markdown";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { STATUS_LABEL, StatusIcon } from "@/features/task/status";
import { cx } from "@/lib/cx";
import type { LinkedTask as Task } from "./payload";

/** So many of a task's newest comments stand beside the decision; the rest is one click away. */
const COMMENTS_SHOWN = 3;

/** A task that an approval is about: its state, what it asks for, and what was said of it last. */
export function LinkedTask({ boardId, task, open }: { boardId: string; task: Task; open: boolean }) {
  const snapshot = useQuery(snapshotQuery(boardId));
  const [opened, setOpened] = useState(open);
  const known = snapshot.data?.tasks.find((entry) => entry.id === task.id);
  const gone = Boolean(snapshot.data) && !known;
  const title = known?.title ?? task.title ?? "A task";
  return (
    <li className="rounded-lg border border-line bg-surface">
      <div className="flex items-center gap-2 px-3 py-2">
        <button
          type="button"
          aria-expanded={opened}
          aria-label={`Show what ${title} is about`}
          onClick={() => setOpened(!opened)}
          className="grid size-6 shrink-0 place-items-center rounded text-ink-3 hover:bg-hover hover:text-ink max-md:size-9"
        >
          <ChevronRight size={14} className={cx("transition-transform", opened && "rotate-90")} />
        </button>
        {known && <StatusIcon status={known.status} />}
        {gone ? (
          <span className="min-w-0 flex-1 truncate text-ink-2">{title}, deleted or moved meanwhile</span>
        ) : (
          <Link
            to="/boards/$boardId"
            params={{ boardId }}
            search={{ taskId: task.id }}
            className="min-w-0 flex-1 truncate font-medium text-accent-text hover:underline"
          >
            {title}
          </Link>
        )}
        {known && (
          <span className="shrink-0 text-xs text-ink-3">
            {STATUS_LABEL[known.status]}
            {known.assignee ? ` · ${known.assignee}` : ""}
          </span>
        )}
      </div>
      {opened && !gone && (
        <div className="space-y-3 border-t border-line px-4 py-3">
          {known?.description && (
            <div className="max-h-52 overflow-y-auto">
              <Markdown text={known.description} />
            </div>
          )}
          <Comments boardId={boardId} taskId={task.id} />
        </div>
      )}
    </li>
  );
}

function Comments({ boardId, taskId }: { boardId: string; taskId: string }) {
  const query = useQuery(commentsQuery(boardId, taskId));
  if (query.isPending) return <ListSkeleton rows={1} label="Loading the comments" />;
  if (query.error && !query.data) {
    return (
      <ErrorState error={query.error} title="The comments could not be loaded" onRetry={() => void query.refetch()} />
    );
  }
  const comments = query.data?.items ?? [];
  if (comments.length === 0) return <p className="text-ink-3">No comments on this task.</p>;
  const hidden = comments.length - COMMENTS_SHOWN;
  return (
    <>
      {hidden > 0 && (
        <Link
          to="/boards/$boardId"
          params={{ boardId }}
          search={{ taskId }}
          className="text-xs text-accent-text hover:underline"
        >
          {hidden === 1 ? "One older comment" : `${hidden} older comments`}
        </Link>
      )}
      <ul aria-label="Newest comments" className="space-y-3">
        {comments.slice(-COMMENTS_SHOWN).map((comment) => (
          <Comment key={comment.id} comment={comment} />
        ))}
      </ul>
    </>
  );
}

function Comment({ comment }: { comment: TaskComment }) {
  return (
    <li>
      <p className="flex items-baseline gap-2">
        <span className="font-medium">{comment.author_name ?? "Unknown"}</span>
        <RelativeTime value={comment.created_at} className="text-xs text-ink-3" />
      </p>
      {comment.message && (
        <div className="max-h-52 overflow-y-auto">
          <Markdown text={comment.message} />
        </div>
      )}
    </li>
  );
}
