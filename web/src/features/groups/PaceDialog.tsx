import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { agentsQuery } from "@/api/queries/agents";
import { DialogForm } from "@/components/DialogForm";
import { Pill } from "@/components/Pill";
import { Checkbox } from "@/components/ui/Checkbox";
import { Dialog } from "@/components/ui/Dialog";
import { TextField } from "@/components/ui/TextField";
import { useOrganizationAdmin } from "@/features/session/permissions";
import { useApplyPace } from "./mutations";

const PRESETS = ["30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h"];
const PACE = /^(?:0m|[1-9]\d*\s*[smhdw])$/i;

/** Says how often the agents of a group look for work, and shows what became of it agent by agent. */
export function PaceDialog({ open, groupId, onClose }: { open: boolean; groupId: string; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Pace of the agents"
      description="How often each agent of the group is woken to look for work. Faster costs more."
    >
      <PaceForm groupId={groupId} onClose={onClose} />
    </Dialog>
  );
}

function PaceForm({ groupId, onClose }: { groupId: string; onClose: () => void }) {
  const admin = useOrganizationAdmin();
  const [every, setEvery] = useState("10m");
  const [leads, setLeads] = useState(false);
  const apply = useApplyPace(groupId);
  const problem = PACE.test(every.trim())
    ? null
    : "A number and a unit: s, m, h, d or w, such as 45m. 0m turns it off.";
  return (
    <DialogForm
      problems={{}}
      save={apply}
      submit="Apply"
      reason={admin.reason ?? problem}
      cancel="Close"
      onCancel={onClose}
      onSave={() => apply.mutate({ every: every.trim(), include_board_leads: leads })}
    >
      {(_, refused) => (
        <>
          <fieldset className="flex flex-wrap gap-1.5">
            <legend className="sr-only">Usual paces</legend>
            {PRESETS.map((preset) => (
              <Pill key={preset} on={every === preset} onClick={() => setEvery(preset)}>
                {preset}
              </Pill>
            ))}
          </fieldset>
          <TextField
            label="Every"
            error={problem ?? refused?.field("every")}
            inputClassName="w-32!"
            value={every}
            onChange={setEvery}
          />
          <Checkbox label="Also the leads of the boards" checked={leads} onChange={setLeads} />
          {apply.data && <Result updated={apply.data.updated_agent_ids} failed={apply.data.failed_agent_ids} />}
        </>
      )}
    </DialogForm>
  );
}

function Result({ updated, failed }: { updated: string[]; failed: string[] }) {
  const agents = useQuery(agentsQuery).data?.items ?? [];
  const name = (id: string) => agents.find((agent) => agent.id === id)?.name ?? "An agent";
  if (updated.length === 0) return <p role="status">The group has no such agents.</p>;
  return (
    <div role="status" className="rounded-lg border border-line">
      <ul aria-label="Result" className="divide-y divide-line">
        {updated.map((id) => (
          <li key={id} className="flex justify-between gap-3 px-3 py-1.5">
            <span className="truncate">{name(id)}</span>
            {failed.includes(id) ? (
              <span className="text-danger">Its gateway does not know yet</span>
            ) : (
              <span className="text-ok">Applied</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
