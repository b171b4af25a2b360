import { getRouteApi } from "@tanstack/react-router";
import { Download, Link2, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { copyText } from "@/lib/clipboard";
import { notifyError, notifySuccess } from "@/lib/notify";
import { sortTasks } from "./arrange";
import { useBoard } from "./context";
import { exportTasks } from "./exportTasks";
import { filterTasks } from "./filter";
import { type BoardSearch, viewOf } from "./search";
import { deleteView, isSameView, saveView, useSavedViews } from "./views";

const route = getRouteApi("/shell/boards/$boardId");

/** Ways of looking at the board that have a name. They are kept in this browser; a link shares one. */
export default function SavedViews({ search, trigger }: LateMenuProps & { search: BoardSearch }) {
  const { boardId, snapshot, tasks, fields } = useBoard();
  const views = useSavedViews(boardId);
  const navigate = route.useNavigate();
  const [saving, setSaving] = useState(false);
  const [open, setOpen] = useState(true);
  const current = views.find((view) => isSameView(view.search, search));
  const isPlain = isSameView(search, {});

  async function copyLink() {
    const href = new URL(location.href);
    for (const open of ["taskId", "commentId", "panel"]) href.searchParams.delete(open);
    if (await copyText(href.href)) notifySuccess("Link to this view copied");
    else notifyError("The browser did not allow copying. The link is in the address bar.");
  }

  function save(kind: "csv" | "json") {
    const shown = sortTasks(filterTasks(tasks, search, new Date()), search.sort, search.down);
    exportTasks(kind, snapshot.board.name, shown, fields);
  }

  return (
    <>
      <Menu className="w-60" open={open} onOpenChange={setOpen} trigger={trigger}>
        <MenuGroup label="Saved in this browser">
          {views.length === 0 && <MenuItem disabled>No views yet</MenuItem>}
          {views.map((view) => (
            <MenuItem
              key={view.name}
              hint={view === current ? <span className="text-accent-text">✓</span> : undefined}
              onClick={() =>
                void navigate({
                  search: ({ taskId, commentId, panel }) => ({
                    ...view.search,
                    ...(taskId && { taskId }),
                    ...(commentId && { commentId }),
                    ...(panel && { panel }),
                  }),
                })
              }
            >
              {view.name}
            </MenuItem>
          ))}
        </MenuGroup>
        <MenuSeparator />
        {!isPlain && (
          <MenuItem onClick={() => void navigate({ search: ({ taskId, panel }) => ({ taskId, panel }) })}>
            Show everything
          </MenuItem>
        )}
        <MenuItem
          icon={<Plus size={14} />}
          disabled={isPlain || Boolean(current)}
          note={isPlain ? "Filter or sort something first." : current ? "It is saved already." : null}
          onClick={() => setSaving(true)}
        >
          Save this view…
        </MenuItem>
        <MenuItem icon={<Link2 size={14} />} onClick={() => void copyLink()}>
          Copy link to this view
        </MenuItem>
        <MenuSeparator />
        <MenuGroup label="Export the tasks of this view">
          <MenuItem
            icon={<Download size={14} />}
            hint={<span className="text-xs text-ink-3">Spreadsheets</span>}
            onClick={() => save("csv")}
          >
            CSV
          </MenuItem>
          <MenuItem
            icon={<Download size={14} />}
            hint={<span className="text-xs text-ink-3">Programs</span>}
            onClick={() => save("json")}
          >
            JSON
          </MenuItem>
        </MenuGroup>
        {current && <MenuSeparator />}
        {current && (
          <MenuItem danger icon={<Trash2 size={14} />} onClick={() => deleteView(boardId, current.name)}>
            {`Delete “${current.name}”`}
          </MenuItem>
        )}
      </Menu>
      {saving && (
        <SaveViewDialog
          taken={views.map((view) => view.name)}
          onClose={() => setSaving(false)}
          onSave={(name) => {
            saveView(boardId, name, viewOf(search));
            notifySuccess(`Saved the view “${name}”`);
          }}
        />
      )}
    </>
  );
}

interface SaveViewDialogProps {
  taken: string[];
  onClose: () => void;
  onSave: (name: string) => void;
}

function SaveViewDialog({ taken, onClose, onSave }: SaveViewDialogProps) {
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const trimmed = name.trim();
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save this view"
      description="It keeps the filters, the order and the groups of this board, in this browser."
      width="sm"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(!trimmed);
          if (!trimmed) return;
          onSave(trimmed);
          onClose();
        }}
      >
        <Field
          label="Name"
          required
          error={missing ? "Give the view a name." : null}
          hint={taken.includes(trimmed) ? "A view has this name; it will be replaced." : undefined}
        >
          {(props) => (
            <input
              {...props}
              className="field"
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Save view
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
