import { ChevronsRightLeft, Gauge } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import type { LateMenuProps } from "@/components/ui/lazyMenu";
import { Menu, MenuItem } from "@/components/ui/Menu";
import { NumberField } from "@/components/ui/NumberField";
import { LIMIT_MAX } from "./search";

/** What can be done with a column. */
export interface ColumnMenuProps {
  /** The name of the column. */
  label: string;
  limit: number | undefined;
  onFold: () => void;
  /** Sets the limit; nothing takes it off. */
  onLimit: (most: number | null) => void;
}

/** Folds a column, or says how many tasks it is meant to hold. */
export default function ColumnMenu({ label, limit, onFold, onLimit, trigger }: LateMenuProps & ColumnMenuProps) {
  const [open, setOpen] = useState(true);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Menu align="end" open={open} onOpenChange={setOpen} trigger={trigger}>
        <MenuItem icon={<ChevronsRightLeft size={14} />} onClick={onFold}>
          Fold the column
        </MenuItem>
        <MenuItem icon={<Gauge size={14} />} onClick={() => setAsking(true)}>
          {limit === undefined ? "Set a limit…" : `Limit of ${limit}…`}
        </MenuItem>
      </Menu>
      {asking && <LimitDialog label={label} limit={limit} onLimit={onLimit} onClose={() => setAsking(false)} />}
    </>
  );
}

interface LimitDialogProps extends Pick<ColumnMenuProps, "label" | "limit" | "onLimit"> {
  onClose: () => void;
}

function LimitDialog({ label, limit, onLimit, onClose }: LimitDialogProps) {
  const [most, setMost] = useState<number | null>(limit ?? null);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Limit of “${label}”`}
      description="A column with more tasks than this is marked. Nothing is refused; a saved view keeps the limit."
      width="sm"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onLimit(most);
          onClose();
        }}
      >
        <Field label="At most" hint="Empty means no limit.">
          {(props) => <NumberField {...props} value={most} onChange={setMost} min={1} max={LIMIT_MAX} unit="tasks" />}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Set limit
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
