import { FileText, RotateCw } from "lucide-react";
import { useState } from "react";
import type { Agent } from "@/api/types";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { Button } from "@/components/ui/Button";
import { fileAbout, fileMeaning, reportState } from "./report";
import { SetUpDialog } from "./SetUpDialog";

/** Which files an agent has on its gateway, how current they are, and whose they are. */
export function FilesTab({ agent }: { agent: Agent }) {
  const [open, setOpen] = useState(false);
  const files = agent.files;
  const items = files?.items ?? [];
  if (!files || items.length === 0) {
    return (
      <EmptyState icon={<FileText size={20} />} title="Its files have not been written yet">
        They are written when the agent is set up on its gateway, and kept up to date from then on.
      </EmptyState>
    );
  }
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 text-ink-2">
          Texts of version {files.version ?? "–"}; this server writes version {files.current_version}.{" "}
          {files.behind ? <Badge tone="warn">Behind</Badge> : <Badge tone="ok">Up to date</Badge>}
        </p>
        <Button icon={<RotateCw size={14} />} onClick={() => setOpen(true)}>
          Write again…
        </Button>
      </div>
      <ul aria-label="Files" className="divide-y divide-line rounded-xl border border-line bg-surface shadow-card">
        {items.map((file) => {
          const state = reportState(file.state);
          return (
            <li key={file.name} className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-3">
              <div className="min-w-0 flex-1 basis-60">
                <p className="font-mono text-sm font-medium">{file.name}</p>
                <p className="text-sm text-ink-2">{fileAbout(file.name)}</p>
                {file.detail && <p className="text-xs break-words text-danger">{file.detail}</p>}
              </div>
              <div className="w-64 max-md:w-full md:text-right">
                <Badge tone={state.tone}>{state.label}</Badge>
                <p className="mt-1 text-xs text-ink-3">{fileMeaning(file.state)}</p>
              </div>
            </li>
          );
        })}
      </ul>
      <SetUpDialog agent={agent} open={open} onClose={() => setOpen(false)} />
    </div>
  );
}
