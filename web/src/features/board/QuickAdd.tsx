import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { TaskStatus } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { IconButton } from "@/components/ui/Button";
import { useCreateTask } from "@/features/task/mutations";
import { parseQuickTask } from "@/features/task/quickAdd";
import { STATUS_LABEL } from "@/features/task/status";
import { useDraft } from "@/lib/drafts";
import { useNow } from "@/lib/now";
import { useBoard } from "./context";

/** A line to type tasks into, one after the other. What is typed is a draft until it is sent. */
export function QuickAdd({ status, onClose }: { status: TaskStatus; onClose: () => void }) {
  const { boardId, snapshot, tags, announce } = useBoard();
  const [line, setLine] = useDraft(`quick.${boardId}`);
  const create = useCreateTask(boardId);
  const field = useRef<HTMLInputElement>(null);
  const now = useNow();
  const task = parseQuickTask(line, snapshot.agents, tags, now);
  useEffect(() => field.current?.focus(), []);

  function submit() {
    if (!task.title || create.isPending) return;
    create.mutate(
      {
        priority: "medium",
        status,
        title: task.title,
        depends_on_task_ids: [],
        tag_ids: [],
        custom_field_values: {},
        ...task.changes,
      },
      {
        onSuccess(made) {
          setLine("");
          announce(`${made.title} created in ${STATUS_LABEL[made.status as TaskStatus]}.`);
          field.current?.focus();
        },
      },
    );
  }

  return (
    <form
      className="mx-2 mb-2 rounded-lg border border-accent bg-surface p-2 shadow-card max-md:mx-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="flex items-center gap-1">
        <input
          ref={field}
          aria-label={`New task in ${STATUS_LABEL[status]}`}
          placeholder="What is to be done?"
          className="field h-8 border-transparent! bg-transparent! px-1! max-md:h-10"
          value={line}
          maxLength={1_000}
          onChange={(event) => setLine(event.target.value)}
        />
        <IconButton label="Close" size="sm" onClick={onClose}>
          <X size={14} />
        </IconButton>
      </div>
      <p className="px-1 text-xs text-ink-3" aria-live="polite">
        {task.understood.length > 0 ? (
          <span className="text-accent-text">{task.understood.join(" · ")}</span>
        ) : (
          "Enter creates it. @agent #tag !high due fri"
        )}
      </p>
      <FormError error={create.error} />
    </form>
  );
}
