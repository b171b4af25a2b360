import { Download } from "lucide-react";
import { useState } from "react";
import { messageOf } from "@/api/errors";
import { type ActivityFilter, readAllActivity } from "@/api/queries/activity";
import type { Activity } from "@/api/types";
import { Button } from "@/components/ui/Button";
import { Menu, MenuItem } from "@/components/ui/Menu";
import { type ExportColumn, saveFile, toCsv, toJson } from "@/lib/download";
import { notifyError, notifyInfo } from "@/lib/notify";

/** The most events of one export; for more there is the API. */
const EXPORT_MAX = 10_000;

/** Saves everything that the filters mean, not only what is loaded. */
export function ExportActivity({ filter, boardNames }: { filter: ActivityFilter; boardNames: Map<string, string> }) {
  const [busy, setBusy] = useState(false);
  const columns: ExportColumn<Activity>[] = [
    { header: "time", value: (event) => event.created_at },
    { header: "type", value: (event) => event.event_type },
    { header: "message", value: (event) => event.message },
    { header: "actor", value: (event) => event.actor_name },
    { header: "board", value: (event) => boardNames.get(event.board_id ?? "") },
    { header: "board_id", value: (event) => event.board_id },
    { header: "task_id", value: (event) => event.task_id },
    { header: "agent_id", value: (event) => event.agent_id },
    { header: "id", value: (event) => event.id },
  ];
  const save = async (format: "csv" | "json") => {
    setBusy(true);
    try {
      const events = await readAllActivity(filter, EXPORT_MAX);
      const file = `activity-${new Date().toISOString().slice(0, 10)}`;
      if (format === "csv") saveFile(`${file}.csv`, "text/csv;charset=utf-8", toCsv(events, columns));
      else saveFile(`${file}.json`, "application/json", toJson(events, columns));
      if (events.length === EXPORT_MAX) {
        notifyInfo(`The newest ${EXPORT_MAX.toLocaleString()} events were saved`, {
          description: "Narrow the filters, or read the rest through the API.",
        });
      }
    } catch (error) {
      notifyError("The activity was not exported", { description: messageOf(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu
      align="end"
      trigger={
        <Button icon={<Download size={14} />} busy={busy}>
          Export
        </Button>
      }
    >
      <MenuItem note="For spreadsheets" onClick={() => void save("csv")}>
        CSV
      </MenuItem>
      <MenuItem note="For programs" onClick={() => void save("json")}>
        JSON
      </MenuItem>
    </Menu>
  );
}
