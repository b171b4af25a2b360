import { Download } from "lucide-react";
import { type ExportColumn, saveFile, toCsv, toJson } from "@/lib/download";
import { Button } from "./ui/Button";
import { Menu, MenuItem } from "./ui/Menu";

interface ExportMenuProps<Row> {
  /** The file's name without its ending: "agents". */
  name: string;
  /** What is exported; usually what the page shows after its filters. */
  rows: readonly Row[];
  columns: readonly ExportColumn<Row>[];
}

/** Saves the rows of a list as CSV or JSON. */
export function ExportMenu<Row>({ name, rows, columns }: ExportMenuProps<Row>) {
  const file = `${name}-${new Date().toISOString().slice(0, 10)}`;
  if (rows.length === 0) {
    return (
      <Button icon={<Download size={14} />} reason="There is nothing to export.">
        Export
      </Button>
    );
  }
  return (
    <Menu align="end" trigger={<Button icon={<Download size={14} />}>Export</Button>}>
      <MenuItem
        note="For spreadsheets"
        onClick={() => saveFile(`${file}.csv`, "text/csv;charset=utf-8", toCsv(rows, columns))}
      >
        {`CSV, ${rows.length} rows`}
      </MenuItem>
      <MenuItem note="For programs" onClick={() => saveFile(`${file}.json`, "application/json", toJson(rows, columns))}>
        {`JSON, ${rows.length} rows`}
      </MenuItem>
    </Menu>
  );
}
