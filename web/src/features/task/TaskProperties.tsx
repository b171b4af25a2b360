import type { ReactNode } from "react";
import type { TaskCard } from "@/api/types";
import { RelativeTime } from "@/components/RelativeTime";
import { Select } from "@/components/ui/Select";
import { useBoard } from "@/features/board/context";
import { assigneeOptions, NOBODY } from "./assignee";
import { DueField } from "./DueField";
import { priorityOptions, STATUS_OPTIONS } from "./status";
import { TagsEditor } from "./TagsEditor";
import { useEdit } from "./useEdit";

/** State, priority, assignee and dates of a task; each can be changed in place. */
export function TaskProperties({ task }: { task: TaskCard }) {
  const { snapshot, write, judge, move } = useBoard();
  const { edit } = useEdit(task);
  const off = !write.allowed;
  const statusOptions = STATUS_OPTIONS.map((option) => {
    const verdict = judge(task, option.value);
    return {
      ...option,
      disabled: verdict.outcome === "refused",
      note: verdict.needsComment ? "Asks for a comment." : verdict.reason,
    };
  });
  return (
    <dl className="grid grid-cols-[100px_1fr] items-center gap-y-0.5 text-sm">
      <Property name="Status">
        <Select
          quiet
          label="Status"
          value={task.status}
          options={statusOptions}
          onChange={(status) => move(task, status)}
          disabled={off}
        />
      </Property>
      <Property name="Priority">
        <Select
          quiet
          label="Priority"
          value={task.priority}
          options={priorityOptions(task.priority)}
          onChange={(priority) => void edit({ priority })}
          disabled={off}
        />
      </Property>
      <Property name="Assignee">
        <Select
          quiet
          label="Assignee"
          value={task.assigned_agent_id ?? NOBODY}
          options={assigneeOptions(snapshot.agents)}
          onChange={(agent) => void edit({ assigned_agent_id: agent === NOBODY ? null : agent })}
          disabled={off}
        />
      </Property>
      <Property name="Due">
        <DueField task={task} disabled={off} onChange={(due_at) => void edit({ due_at })} />
      </Property>
      <Property name="Tags">
        <TagsEditor chosen={task.tag_ids ?? []} disabled={off} onChange={(tag_ids) => void edit({ tag_ids })} />
      </Property>
      <Property name="Changed">
        <span className="px-1.5 text-ink-2">
          <RelativeTime value={task.updated_at} />
          <span className="text-ink-3">
            {" "}
            · created <RelativeTime value={task.created_at} />
            {task.status === "in_progress" && task.in_progress_at && (
              <>
                {" "}
                · at work since <RelativeTime value={task.in_progress_at} />
              </>
            )}
          </span>
        </span>
      </Property>
    </dl>
  );
}

function Property({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="px-2 text-ink-3">{name}</dt>
      <dd className="flex min-h-7 min-w-0 items-center">{children}</dd>
    </>
  );
}
