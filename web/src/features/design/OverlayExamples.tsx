import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { DialogForm } from "@/components/DialogForm";
import { Panel } from "@/components/Panel";
import { Button } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Dialog } from "@/components/ui/Dialog";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { Sheet } from "@/components/ui/Sheet";
import { TextField } from "@/components/ui/TextField";
import { notifyError, notifySuccess } from "@/lib/notify";

type Open = "form" | "question" | "sheet" | null;

/** What opens above a page. */
export function OverlayExamples() {
  const [open, setOpen] = useState<Open>(null);
  const [name, setName] = useState("");
  const close = () => setOpen(null);
  return (
    <Panel title="Above the page">
      <div className="flex flex-wrap gap-2">
        <Menu trigger={<Button icon={<Ellipsis size={15} />}>Menu</Button>}>
          <MenuItem icon={<Pencil size={15} />} note="With a second line.">
            Edit…
          </MenuItem>
          <MenuItem disabled note="Only owners can do this.">
            Hand over…
          </MenuItem>
          <MenuSeparator />
          <MenuItem danger icon={<Trash2 size={15} />}>
            Delete…
          </MenuItem>
        </Menu>
        <Button onClick={() => setOpen("form")}>Dialog with a form</Button>
        <Button onClick={() => setOpen("question")}>Question with a typed name</Button>
        <Button onClick={() => setOpen("sheet")}>Sheet</Button>
        <Button onClick={() => notifySuccess("The example was saved")}>Message of success</Button>
        <Button onClick={() => notifyError("The example was not saved", { description: "The database is busy." })}>
          Message of failure
        </Button>
      </div>
      <Dialog open={open === "form"} onClose={close} title="New example" description="What it is for.">
        <DialogForm
          problems={name.trim() ? {} : { name: "Enter a name." }}
          save={{ isPending: false, error: null }}
          submit="Create example"
          onSave={close}
          onCancel={close}
        >
          {(shown: { name?: string }) => (
            <TextField label="Name" required error={shown.name} value={name} onChange={setName} />
          )}
        </DialogForm>
      </Dialog>
      <ConfirmDialog
        open={open === "question"}
        onClose={close}
        title="Delete the example?"
        action="Delete example"
        typeToConfirm="example"
        onConfirm={async () => notifySuccess("The example was deleted")}
      >
        <p>Says what is lost.</p>
      </ConfirmDialog>
      <Sheet open={open === "sheet"} onClose={close} title="Example">
        <p className="p-4">What belongs to the page and is looked at beside it.</p>
      </Sheet>
    </Panel>
  );
}
