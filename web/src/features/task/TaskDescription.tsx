import { Pencil } from "lucide-react";
import type { TaskCard } from "@/api/types";
import { Markdown } from "@/components/Markdown";
import { Button, IconButton } from "@/components/ui/Button";
import { useBoard } from "@/features/board/context";
import { useFormDraft } from "@/lib/drafts";
import { useEdit } from "./useEdit";

const CLOSED = { open: false, text: "", base: "" };

interface Draft {
  open: boolean;
  text: string;
  /** The description when the edit began; when the task's differs, somebody else has changed it. */
  base: string;
}

/** The description as Markdown, and the field to change it; what is typed there survives closing and reloading. */
export function TaskDescription({ task }: { task: TaskCard }) {
  const { write } = useBoard();
  const { edit, saving } = useEdit(task);
  const [draft, setDraft, forget] = useFormDraft<Draft>(`task.description.${task.id}`, CLOSED);
  const current = task.description ?? "";
  const writing = draft.open && write.allowed;
  const changedElsewhere = writing && draft.base !== current;
  const begin = () => setDraft({ open: true, text: current, base: current });

  function close() {
    setDraft(CLOSED);
    forget();
  }

  async function save() {
    const text = draft.text.trim();
    if (text === current || (await edit({ description: text || null }))) close();
  }

  return (
    <section aria-labelledby="task-description" className="px-2">
      <div className="mb-1 flex items-center justify-between">
        <h3 id="task-description" className="text-xs font-medium text-ink-3">
          Description
        </h3>
        {!writing && (
          <IconButton label="Edit description" size="sm" reason={write.reason} onClick={begin}>
            <Pencil size={13} />
          </IconButton>
        )}
      </div>
      {!writing ? (
        current ? (
          <Markdown text={current} />
        ) : (
          <p className="text-ink-3">No description.</p>
        )
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          {changedElsewhere && (
            <div role="alert" className="mb-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
              <p>The description was changed elsewhere while you were writing. Saving replaces that change.</p>
              <Button size="sm" className="mt-2" onClick={begin}>
                Take the other text
              </Button>
            </div>
          )}
          <textarea
            aria-label="Description"
            // biome-ignore lint/a11y/noAutofocus: the user has just asked to type here.
            autoFocus
            className="field field-sizing-content max-h-[50vh] min-h-32"
            value={draft.text}
            onChange={(event) => setDraft({ ...draft, text: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
              if (event.key === "Escape") {
                // Escape would close the panel and lose the text.
                event.stopPropagation();
                if (draft.text === draft.base) close();
              }
            }}
          />
          <div className="mt-2 flex justify-end gap-2">
            <Button size="sm" onClick={close}>
              Cancel
            </Button>
            <Button size="sm" type="submit" variant="primary" busy={saving}>
              Save
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}
