import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { call, client } from "@/api/client";
import { messageOf } from "@/api/errors";
import { Button } from "@/components/ui/Button";
import { Menu, MenuItem } from "@/components/ui/Menu";
import { saveFile } from "@/lib/download";
import { notifyError } from "@/lib/notify";
import type { AuditFilter } from "./search";

const FORMS = [
  { value: "csv", label: "CSV", note: "For spreadsheets", type: "text/csv;charset=utf-8" },
  { value: "jsonl", label: "JSON lines", note: "For programs", type: "application/jsonl" },
] as const;

/** Takes every entry that the filters leave away as a file; the server writes that down too. */
export function AuditExport({ filter, empty }: { filter: AuditFilter; empty: boolean }) {
  const take = useMutation({
    mutationFn: async (form: (typeof FORMS)[number]) => {
      const text = await call<string>(
        client.GET("/api/v1/organizations/me/audit/export", {
          params: { query: { ...filter, format: form.value } },
          parseAs: "text",
        }),
      );
      saveFile(`audit-${new Date().toISOString().slice(0, 10)}.${form.value}`, form.type, text);
    },
    onError: (error) => notifyError("The audit log was not exported", { description: messageOf(error) }),
  });
  const button = (
    <Button icon={<Download size={14} />} busy={take.isPending} reason={empty ? "There is nothing to export." : null}>
      Export
    </Button>
  );
  if (empty) return button;
  return (
    <Menu align="end" trigger={button}>
      {FORMS.map((form) => (
        <MenuItem key={form.value} note={form.note} onClick={() => take.mutate(form)}>
          {form.label}
        </MenuItem>
      ))}
    </Menu>
  );
}
