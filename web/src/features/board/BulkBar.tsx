import { CalendarClock, Flag, Tag as TagIcon, Trash2, UserRound, X } from "lucide-react";
import { useState } from "react";
import type { TaskCard, TaskStatus, TaskUpdate } from "@/api/types";
import { Button, IconButton } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Menu, MenuGroup, MenuItem } from "@/components/ui/Menu";
import { NOBODY } from "@/features/task/assignee";
import { DueDialog } from "@/features/task/DueDialog";
import { useUpdateTask } from "@/features/task/mutations";
import { PRIORITIES, PriorityIcon, priorityLabel, STATUS_LABEL, STATUSES, StatusIcon } from "@/features/task/status";
import { notifySuccess } from "@/lib/notify";
import { BulkReport } from "./BulkReport";
import { type BulkOutcome, type BulkStep, changeAll } from "./bulk";
import { useBoard } from "./context";
import MoveCommentDialog from "./MoveCommentDialog";
import { useChosen, useSelection } from "./selection";
import { TagDot } from "./TaskFacts";

/** What can be done with all chosen tasks at once, at the lower edge of the board while some are chosen. */
export default function BulkBar() {
  const { tasks } = useBoard();
  const chosen = useChosen();
  const present = tasks.filter((task) => chosen.has(task.id));
  return present.length > 0 ? <Bar chosen={present} /> : null;
}

function Bar({ chosen }: { chosen: TaskCard[] }) {
  const { boardId, snapshot, tags, write, judge, remove, announce } = useBoard();
  const selection = useSelection();
  const update = useUpdateTask(boardId);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<BulkOutcome | null>(null);
  const [asking, setAsking] = useState<"due" | "delete" | null>(null);
  const [commentFor, setCommentFor] = useState<TaskStatus | null>(null);
  const count = chosen.length === 1 ? "1 task" : `${chosen.length} tasks`;

  async function run(steps: BulkStep[], what: string) {
    if (busy) return;
    setBusy(true);
    try {
      const result = await changeAll(steps, (task, changes) => update.mutateAsync({ task, changes }));
      const said = `${what}: ${result.done.length} of ${steps.length} tasks.`;
      announce(said);
      // What was refused stays chosen, so that something else can be tried with it.
      selection.set(result.refused.map(({ task }) => task.id));
      if (result.refused.length > 0) setOutcome(result);
      else notifySuccess(said);
    } finally {
      setBusy(false);
    }
  }

  const edit = (changes: TaskUpdate, what: string) =>
    run(
      chosen.map((task) => ({ task, changes })),
      what,
    );
  const moveAll = (status: TaskStatus, comment?: string) =>
    run(
      chosen
        .filter((task) => task.status !== status)
        .map((task) => {
          const verdict = judge(task, status);
          return verdict.outcome === "refused"
            ? { task, refusal: verdict.reason ?? "The board's rules forbid it." }
            : { task, changes: comment ? { status, comment } : { status } };
        }),
      `Moved to ${STATUS_LABEL[status]}`,
    );
  const addTag = (id: string, name: string) =>
    run(
      chosen
        .filter((task) => !task.tag_ids?.includes(id))
        .map((task) => ({ task, changes: { tag_ids: [...(task.tag_ids ?? []), id] } })),
      `Tagged ${name}`,
    );
  const removeTag = (id: string, name: string) =>
    run(
      chosen
        .filter((task) => task.tag_ids?.includes(id))
        .map((task) => ({ task, changes: { tag_ids: (task.tag_ids ?? []).filter((other) => other !== id) } })),
      `Took ${name} off`,
    );
  const reason = write.reason ?? (busy ? "The last change is still under way." : null);

  return (
    <>
      <section
        aria-label="Selected tasks"
        className="absolute bottom-4 left-1/2 z-20 flex max-w-[calc(100%-1rem)] -translate-x-1/2 items-center gap-1 overflow-x-auto rounded-xl border border-line bg-raised p-1.5 shadow-pop"
      >
        <span className="px-2 text-sm font-medium whitespace-nowrap" aria-live="polite">
          {count}
        </span>
        <Menu
          side="top"
          trigger={<Trigger label="Move to…" reason={reason} icon={<StatusIcon status="in_progress" />} />}
        >
          <MenuGroup label="Move to">
            {STATUSES.map((status) => {
              const refused = chosen.filter((task) => judge(task, status).outcome === "refused").length;
              const needsComment = chosen.some((task) => judge(task, status).needsComment);
              return (
                <MenuItem
                  key={status}
                  icon={<StatusIcon status={status} />}
                  note={note(refused, needsComment)}
                  disabled={refused === chosen.length}
                  onClick={() => (needsComment ? setCommentFor(status) : void moveAll(status))}
                >
                  {STATUS_LABEL[status]}
                </MenuItem>
              );
            })}
          </MenuGroup>
        </Menu>
        <Menu side="top" trigger={<Trigger label="Assign…" reason={reason} icon={<UserRound size={14} />} />}>
          <MenuGroup label="Assign to">
            {[{ id: NOBODY, name: "Nobody" }, ...snapshot.agents].map((agent) => (
              <MenuItem
                key={agent.id}
                onClick={() =>
                  void edit(
                    { assigned_agent_id: agent.id === NOBODY ? null : agent.id },
                    `Assigned to ${agent.name.toLowerCase() === "nobody" ? "nobody" : agent.name}`,
                  )
                }
              >
                {agent.name}
              </MenuItem>
            ))}
          </MenuGroup>
        </Menu>
        <Menu side="top" trigger={<Trigger label="Tags…" reason={reason} icon={<TagIcon size={14} />} />}>
          <MenuGroup label="Tags">
            {tags.length === 0 && <MenuItem disabled>There are no tags yet</MenuItem>}
            {tags.map((tag) => {
              const all = chosen.every((task) => task.tag_ids?.includes(tag.id));
              return (
                <MenuItem
                  key={tag.id}
                  icon={<TagDot color={tag.color} />}
                  note={all ? "All have it; take it off." : null}
                  onClick={() => void (all ? removeTag(tag.id, tag.name) : addTag(tag.id, tag.name))}
                >
                  {tag.name}
                </MenuItem>
              );
            })}
          </MenuGroup>
        </Menu>
        <Menu side="top" trigger={<Trigger label="Priority…" reason={reason} icon={<Flag size={14} />} />}>
          <MenuGroup label="Priority">
            {PRIORITIES.map((priority) => (
              <MenuItem
                key={priority}
                icon={<PriorityIcon priority={priority} />}
                onClick={() => void edit({ priority }, `Priority ${priorityLabel(priority).toLowerCase()}`)}
              >
                {priorityLabel(priority)}
              </MenuItem>
            ))}
          </MenuGroup>
        </Menu>
        <Trigger label="Due…" reason={reason} icon={<CalendarClock size={14} />} onClick={() => setAsking("due")} />
        <Trigger label="Delete" reason={reason} icon={<Trash2 size={14} />} onClick={() => setAsking("delete")} />
        <IconButton label="Clear the selection" keys="Esc" size="sm" onClick={selection.clear}>
          <X size={15} />
        </IconButton>
      </section>
      {asking === "due" && (
        <DueDialog
          title={`Due date of ${count}`}
          onClose={() => setAsking(null)}
          onChoose={(due_at) => void edit({ due_at }, due_at ? "Due date set" : "Due date taken off")}
        />
      )}
      <ConfirmDialog
        open={asking === "delete"}
        onClose={() => setAsking(null)}
        title={`Delete ${count}?`}
        action={`Delete ${count}`}
        onConfirm={async () => {
          remove(chosen);
          selection.clear();
        }}
      >
        <p>Their comments and history go with them. For some seconds you can take it back.</p>
      </ConfirmDialog>
      {commentFor && (
        <MoveCommentDialog
          what={count}
          target={commentFor}
          refusal={null}
          onMove={async (comment) => {
            setCommentFor(null);
            await moveAll(commentFor, comment);
          }}
          onClose={() => setCommentFor(null)}
        />
      )}
      {outcome && <BulkReport outcome={outcome} onClose={() => setOutcome(null)} />}
    </>
  );
}

function note(refused: number, needsComment: boolean): string | null {
  if (refused > 0) return `The rules refuse it for ${refused}.`;
  return needsComment ? "Asks for a comment." : null;
}

type TriggerProps = React.ComponentProps<typeof Button> & { label: string };

function Trigger({ label, ...rest }: TriggerProps) {
  return (
    <Button size="sm" variant="ghost" {...rest} aria-label={label} className="max-md:px-2!">
      <span className="max-md:hidden">{label}</span>
    </Button>
  );
}
