import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { boardsQuery } from "@/api/queries/boards";
import { groupsQuery } from "@/api/queries/groups";
import type { Board, BoardGroup } from "@/api/types";
import { DialogForm } from "@/components/DialogForm";
import { ListSkeleton } from "@/components/Skeletons";
import { Checkbox } from "@/components/ui/Checkbox";
import { Dialog } from "@/components/ui/Dialog";
import { TextAreaField, TextField } from "@/components/ui/TextField";
import { notifySuccess } from "@/lib/notify";
import { useSaveGroup } from "./mutations";

interface GroupDialogProps {
  open: boolean;
  /** The group to change; a new one without. */
  group: BoardGroup | undefined;
  onClose: () => void;
}

/** Makes a group or changes one, with the boards that are in it. */
export function GroupDialog({ open, group, onClose }: GroupDialogProps) {
  const boards = useQuery({ ...boardsQuery, enabled: open }).data?.items;
  return (
    <Dialog open={open} onClose={onClose} title={group ? `Edit “${group.name}”` : "New group"}>
      {boards ? (
        <GroupForm key={group?.id ?? "new"} group={group} boards={boards} onClose={onClose} />
      ) : (
        <ListSkeleton rows={3} label="Loading the boards" />
      )}
    </Dialog>
  );
}

function GroupForm({
  group,
  boards,
  onClose,
}: {
  group: BoardGroup | undefined;
  boards: Board[];
  onClose: () => void;
}) {
  const members = boards.filter((board) => group && board.board_group_id === group.id);
  const [form, setForm] = useState({
    name: group?.name ?? "",
    description: group?.description ?? "",
    boards: new Set(members.map((board) => board.id)) as ReadonlySet<string>,
  });
  const save = useSaveGroup(group, boards);
  const failed = save.data?.failed ?? [];
  return (
    <DialogForm
      problems={form.name.trim() ? {} : { name: "A group needs a name." }}
      save={save}
      // A new group that is there already would be made once more.
      submit={group ? "Save changes" : failed.length === 0 ? "Create group" : null}
      cancel={failed.length > 0 ? "Close" : "Cancel"}
      onCancel={onClose}
      onSave={() =>
        save.mutate(form, {
          onSuccess(result) {
            if (result.failed.length > 0) return;
            notifySuccess(group ? `Saved “${result.group.name}”` : `Created “${result.group.name}”`);
            onClose();
          },
        })
      }
    >
      {(shown: { name?: string }, refused) => (
        <>
          <TextField
            label="Name"
            required
            error={shown.name ?? refused?.field("name")}
            maxLength={255}
            value={form.name}
            onChange={(name) => setForm({ ...form, name })}
          />
          <TextAreaField
            label="Description"
            hint="What the boards have in common."
            error={refused?.field("description")}
            value={form.description}
            onChange={(description) => setForm({ ...form, description })}
          />
          <BoardChecklist
            group={group}
            boards={boards}
            chosen={form.boards}
            onChange={(chosen) => setForm({ ...form, boards: chosen })}
          />
          {failed.length > 0 && (
            <div role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
              <p>The group is saved, but these boards were not moved:</p>
              <ul className="list-disc pl-5">
                {failed.map(({ board, reason }) => (
                  <li key={board.id}>
                    {board.name}: {reason}
                  </li>
                ))}
              </ul>
            </div>
          )}
        </>
      )}
    </DialogForm>
  );
}

function BoardChecklist({
  group,
  boards,
  chosen,
  onChange,
}: {
  group: BoardGroup | undefined;
  boards: Board[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}) {
  const groups = useQuery(groupsQuery).data?.items ?? [];
  const [text, setText] = useState("");
  const shown = boards.filter((board) => board.name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <fieldset>
      <legend className="mb-1 font-medium">
        Boards <span className="font-normal text-ink-3">({chosen.size} selected)</span>
      </legend>
      <input
        type="search"
        aria-label="Find a board"
        placeholder="Find a board…"
        className="field mb-2 h-8 max-md:h-10"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="max-h-60 space-y-2 overflow-y-auto rounded-lg border border-line p-3">
        {shown.length === 0 && <p className="text-ink-3">No board has this in its name.</p>}
        {shown.map((board) => {
          const other = groups.find((entry) => entry.id === board.board_group_id && entry.id !== group?.id);
          return (
            <Checkbox
              key={board.id}
              label={board.name || "Untitled board"}
              description={other ? `In “${other.name}” now; it would move.` : undefined}
              checked={chosen.has(board.id)}
              onChange={(on) => {
                const next = new Set(chosen);
                if (on) next.add(board.id);
                else next.delete(board.id);
                onChange(next);
              }}
            />
          );
        })}
      </div>
    </fieldset>
  );
}
