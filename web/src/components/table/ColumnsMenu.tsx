import { useState } from "react";
import type { LateMenuProps } from "../ui/lazyMenu";
import { Menu, MenuItem, MenuSeparator, MenuToggles } from "../ui/Menu";
import { hideColumns } from "./hiddenColumns";

/** A table and what can be hidden of it. */
export interface ColumnsMenuProps {
  /** The label of the table. */
  table: string;
  /** The columns that may be hidden. */
  columns: readonly { id: string; header: string }[];
  hidden: readonly string[];
}

/** Chooses which columns of a table are shown. */
export default function ColumnsMenu({ table, columns, hidden, trigger }: LateMenuProps & ColumnsMenuProps) {
  const [open, setOpen] = useState(true);
  return (
    <Menu align="end" className="w-52" open={open} onOpenChange={setOpen} trigger={trigger}>
      <MenuToggles
        label="Columns"
        values={columns.filter((column) => !hidden.includes(column.id)).map((column) => column.id)}
        options={columns.map((column) => ({ value: column.id, label: column.header || column.id }))}
        onChange={(shown) =>
          hideColumns(
            table,
            columns.map((column) => column.id).filter((id) => !shown.includes(id)),
          )
        }
      />
      {hidden.length > 0 && (
        <>
          <MenuSeparator />
          <MenuItem onClick={() => hideColumns(table, [])}>Show all</MenuItem>
        </>
      )}
    </Menu>
  );
}
