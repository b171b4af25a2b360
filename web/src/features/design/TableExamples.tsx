import { linkOptions } from "@tanstack/react-router";
import { Ellipsis, Inbox } from "lucide-react";
import { useState } from "react";
import { ApiError } from "@/api/errors";
import { Badge } from "@/components/Badge";
import { type Column, DataTable } from "@/components/DataTable";
import { EmptyState } from "@/components/EmptyState";
import { ExportMenu } from "@/components/ExportMenu";
import { Panel } from "@/components/Panel";
import { Pill } from "@/components/Pill";
import { IconButton } from "@/components/ui/Button";

interface Row {
  id: string;
  name: string;
  state: string;
  size: number;
}

const STATES = ["Online", "Idle", "Offline"];
const ROWS: Row[] = Array.from({ length: 2000 }, (_, index) => ({
  id: `${index}`,
  name: `Agent ${index} with a name that may well be too long for its column`,
  state: STATES[index % 3] as string,
  size: (index * 7919) % 1000,
}));

const COLUMNS: Column<Row>[] = [
  { id: "name", header: "Name", cell: (row) => row.name, sortBy: (row) => row.name, width: "45%" },
  {
    id: "state",
    header: "State",
    cell: (row) => <Badge tone={row.state === "Online" ? "ok" : "neutral"}>{row.state}</Badge>,
    sortBy: (row) => row.state,
    phone: "corner",
  },
  { id: "note", header: "Note", cell: () => "Only where there is room", hideBelow: "medium", phone: "hidden" },
  { id: "size", header: "Tokens", cell: (row) => row.size, sortBy: (row) => row.size, align: "right", width: "8rem" },
];

const VIEWS = ["few", "many", "empty", "loading", "failed"] as const;

/** A table in all its states. */
export function TableExamples() {
  const [view, setView] = useState<(typeof VIEWS)[number]>("few");
  const [sort, setSort] = useState<string>();
  const [selected, onChange] = useState<ReadonlySet<string>>(new Set());
  const rows = { few: ROWS.slice(0, 6), many: ROWS, empty: [], loading: undefined, failed: undefined }[view];
  return (
    <Panel title="Table" action={<ExportMenu name="example" rows={rows ?? []} columns={EXPORTED} />}>
      <div className="mb-3 flex flex-wrap gap-1">
        {VIEWS.map((name) => (
          <Pill key={name} on={view === name} onClick={() => setView(name)}>
            {name}
          </Pill>
        ))}
      </div>
      <DataTable
        label="Agents"
        rows={rows}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        link={() => linkOptions({ to: "/design" })}
        actions={(row) => (
          <IconButton label={`Actions for ${row.id}`} size="sm">
            <Ellipsis size={16} />
          </IconButton>
        )}
        sort={sort}
        defaultSort="name"
        onSort={setSort}
        selection={{ selected, onChange }}
        error={view === "failed" ? new ApiError("The database is busy.", 503, "req-1") : null}
        onRetry={() => setView("few")}
        empty={
          <EmptyState icon={<Inbox size={20} />} title="No agents yet">
            What belongs here, and how it comes to be.
          </EmptyState>
        }
      />
    </Panel>
  );
}

const EXPORTED = COLUMNS.filter((column) => column.id !== "note").map((column) => ({
  header: column.header,
  value: (row: Row) => row[column.id as keyof Row],
}));
