import { useState } from "react";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { fromDateField } from "@/lib/time";

interface DueDialogProps {
  title: string;
  onClose: () => void;
  /** The chosen day as the server wants it; null for none. */
  onChoose: (due: string | null) => void;
}

/** Asks for the day at whose end something is due. */
export function DueDialog({ title, onClose, onChoose }: DueDialogProps) {
  const [day, setDay] = useState("");
  const choose = (due: string | null) => {
    onClose();
    onChoose(due);
  };
  return (
    <Dialog open onClose={onClose} title={title} width="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const due = fromDateField(day);
          if (due) choose(due);
        }}
      >
        <Field label="Due" hint="They are late from the end of this day on.">
          {(props) => (
            <input
              {...props}
              type="date"
              className="field"
              value={day}
              onChange={(event) => setDay(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={() => choose(null)}>No due date</Button>
          <Button type="submit" variant="primary" reason={day ? null : "Choose a day first."}>
            Set due date
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
