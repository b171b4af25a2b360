import { ListChecks } from "lucide-react";
import { useState } from "react";
import type { Approval } from "@/api/types";
import { Button } from "@/components/ui/Button";
import { Dialog, DialogActions } from "@/components/ui/Dialog";
import { Field } from "@/components/ui/Field";
import { NOTE_MAX } from "./DecisionBar";
import { useDecisions } from "./decisions";
import { confidenceOf, label, STEP_UP_BELOW, subjectOf } from "./describe";

interface BulkBarProps {
  /** Those that are chosen and can be decided. */
  chosen: Approval[];
  shown: Approval[];
  onChange: (chosen: ReadonlySet<string>) => void;
}

/** What can be done with several requests at once; nothing while none is chosen. */
export default function BulkBar({ chosen, shown, onChange }: BulkBarProps) {
  const [deciding, setDeciding] = useState<"approved" | "rejected" | null>(null);
  const [first] = chosen;
  if (!first) return null;
  const alike = shown.filter((approval) => approval.status === "pending" && approval.action_type === first.action_type);
  const oneKind = chosen.every((approval) => approval.action_type === first.action_type);
  const mixed = oneKind ? null : "Only requests for the same action can be decided together.";
  return (
    <fieldset className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
      <legend className="sr-only">Selected requests</legend>
      <span className="font-medium">{chosen.length} selected</span>
      {oneKind && alike.length > chosen.length && (
        <Button
          size="sm"
          variant="ghost"
          icon={<ListChecks size={14} />}
          onClick={() => onChange(new Set(alike.map((approval) => approval.id)))}
        >
          Select all {alike.length} like this
        </Button>
      )}
      <span className="ml-auto flex gap-2">
        <Button size="sm" reason={mixed} onClick={() => setDeciding("approved")}>
          Approve…
        </Button>
        <Button size="sm" reason={mixed} onClick={() => setDeciding("rejected")}>
          Reject…
        </Button>
        <Button size="sm" variant="ghost" onClick={() => onChange(new Set())}>
          Clear
        </Button>
      </span>
      <Dialog
        open={deciding !== null}
        onClose={() => setDeciding(null)}
        title={`${deciding === "rejected" ? "Reject" : "Approve"} ${chosen.length} requests`}
        description={label(first.action_type)}
      >
        {deciding && (
          <BulkForm
            approvals={chosen}
            status={deciding}
            onCancel={() => setDeciding(null)}
            onDone={() => {
              setDeciding(null);
              onChange(new Set());
            }}
          />
        )}
      </Dialog>
    </fieldset>
  );
}

function BulkForm({
  approvals,
  status,
  onCancel,
  onDone,
}: {
  approvals: Approval[];
  status: "approved" | "rejected";
  onCancel: () => void;
  onDone: () => void;
}) {
  const { decisions } = useDecisions();
  const [note, setNote] = useState("");
  const [missing, setMissing] = useState(false);
  const rejects = status === "rejected";
  const unsure = approvals.filter((approval) => confidenceOf(approval) < STEP_UP_BELOW).length;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const text = note.trim();
        if (rejects && !text) {
          setMissing(true);
          return;
        }
        decisions.hold(approvals.map((approval) => ({ approval, status, ...(text ? { note: text } : {}) })));
        onDone();
      }}
    >
      <ul className="mb-4 max-h-60 divide-y divide-line overflow-y-auto rounded-lg border border-line">
        {approvals.map((approval) => (
          <li key={approval.id} className="flex gap-3 px-3 py-2">
            <span className="min-w-0 flex-1 truncate">{subjectOf(approval)}</span>
            <span className="shrink-0 text-ink-3">{confidenceOf(approval)}%</span>
          </li>
        ))}
      </ul>
      {!rejects && unsure > 0 && (
        <p className="mb-4 rounded-md bg-warn-soft px-3 py-2 text-warn">
          {unsure === 1 ? "One of them has" : `${unsure} of them have`} less than {STEP_UP_BELOW}% confidence.
        </p>
      )}
      <Field
        label={rejects ? "Reason" : "Note to the agents"}
        required={rejects}
        hint="Sent to the agent of each request."
        error={missing ? "Enter a reason; the agents need it to improve." : null}
      >
        {(props) => (
          <textarea
            {...props}
            className="field min-h-20"
            maxLength={NOTE_MAX}
            value={note}
            onChange={(event) => {
              setNote(event.target.value);
              setMissing(false);
            }}
          />
        )}
      </Field>
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant={rejects ? "danger" : "primary"}>
          {rejects ? `Reject ${approvals.length}` : `Approve ${approvals.length}`}
        </Button>
      </DialogActions>
    </form>
  );
}
