import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, RotateCcw, Send, TriangleAlert, X } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import type { Approval } from "@/api/types";
import { FormError } from "@/components/ErrorState";
import { Button, Kbd } from "@/components/ui/Button";
import { useBoardWrite } from "@/features/session/permissions";
import { useDraft } from "@/lib/drafts";
import { decide, type HeldDecision, noteKey, readAgain, useDecisions } from "./decisions";
import { confidenceOf, STEP_UP_BELOW } from "./describe";

/** The longest note on a decision that the server takes. */
export const NOTE_MAX = 4_000;

/** The decision on one approval, from the first click to the server's word. */
export function DecisionBar({ approval }: { approval: Approval }) {
  const { held } = useDecisions();
  const mine = held.get(approval.id);
  return (
    <div className="shrink-0 border-t border-line bg-surface py-3">
      <div className="mx-auto max-w-3xl px-6 max-md:px-3">
        {mine ? (
          <Held decision={mine} />
        ) : approval.status === "pending" ? (
          <Decide approval={approval} />
        ) : (
          <OpenAgain approval={approval} />
        )}
      </div>
    </div>
  );
}

function Decide({ approval }: { approval: Approval }) {
  const write = useBoardWrite(approval.board_id);
  const [deciding, setDeciding] = useState<"approved" | "rejected" | null>(null);
  if (deciding) return <Note approval={approval} status={deciding} onCancel={() => setDeciding(null)} />;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button
        variant="primary"
        data-action="approve"
        icon={<Check size={15} />}
        reason={write.reason}
        onClick={() => setDeciding("approved")}
      >
        Approve <Kbd className="max-md:hidden">A</Kbd>
      </Button>
      <Button data-action="reject" icon={<X size={15} />} reason={write.reason} onClick={() => setDeciding("rejected")}>
        Reject <Kbd className="max-md:hidden">R</Kbd>
      </Button>
      {write.reason && <p className="text-ink-3">{write.reason}</p>}
    </div>
  );
}

/** The last step: a word to the agent, which a rejection needs. Enter decides, so that a decision takes two keys. */
function Note({
  approval,
  status,
  onCancel,
}: {
  approval: Approval;
  status: "approved" | "rejected";
  onCancel: () => void;
}) {
  const { decisions } = useDecisions();
  const [note, setNote] = useDraft(noteKey(approval.id));
  const [missing, setMissing] = useState(false);
  const rejects = status === "rejected";
  const risky = !rejects && confidenceOf(approval) < STEP_UP_BELOW;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = note.trim();
    if (rejects && !text) {
      setMissing(true);
      return;
    }
    decisions.hold([{ approval, status, ...(text ? { note: text } : {}) }]);
  };
  const about = rejects ? "Reason for rejecting, sent to the agent" : "Note to the agent (optional)";
  return (
    <form onSubmit={submit}>
      {risky && (
        <p className="mb-2 flex items-center gap-2 text-warn">
          <TriangleAlert size={14} aria-hidden="true" />
          Confidence is only {confidenceOf(approval)}%. Have you checked the evidence?
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <input
          // biome-ignore lint/a11y/noAutofocus: the field follows a key or a click that asked for it.
          autoFocus
          aria-label={rejects ? "Reason for the rejection" : "Note to the agent"}
          aria-invalid={missing || undefined}
          aria-describedby={missing ? "note-missing" : undefined}
          aria-required={rejects || undefined}
          placeholder={about}
          maxLength={NOTE_MAX}
          className="field h-8 min-w-0 flex-1 max-md:h-10 max-md:basis-full"
          value={note}
          onChange={(event) => {
            setNote(event.target.value);
            setMissing(false);
          }}
          onKeyDown={(event) => event.key === "Escape" && onCancel()}
        />
        <Button type="submit" variant={rejects ? "danger" : "primary"}>
          {rejects ? "Reject" : risky ? "Approve anyway" : "Approve"} <Kbd className="max-md:hidden">Enter</Kbd>
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      {missing && (
        <p id="note-missing" role="alert" className="mt-1 text-xs font-medium text-danger">
          Enter a reason; the agent needs it to improve.
        </p>
      )}
    </form>
  );
}

/** A decision that can still be taken back, is on its way, or was refused. */
function Held({ decision }: { decision: HeldDecision }) {
  const { decisions } = useDecisions();
  const { id } = decision.approval;
  const seconds = useSecondsUntil(decision.sendsAt);
  const verb = decision.status === "approved" ? "Approved" : "Rejected";
  if (decision.phase === "failed") {
    return (
      <div role="alert" className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 text-danger">Not decided: {decision.error}</p>
        <Button icon={<RotateCcw size={14} />} onClick={() => void decisions.sendNow(id)}>
          Try again
        </Button>
        <Button variant="ghost" onClick={() => decisions.undo(id)}>
          Decide again
        </Button>
      </div>
    );
  }
  const waits = decision.phase === "held";
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p role="status" className="min-w-0 flex-1">
        <span className="font-medium">{verb}</span>
        <span className="text-ink-2">{waits ? ". The agent hears of it in a moment." : ". Telling the agent…"}</span>
        {waits && (
          <span aria-hidden="true" className="ml-2 text-ink-3 tabular-nums">
            {seconds} s
          </span>
        )}
      </p>
      <Button reason={waits ? null : "Sending…"} onClick={() => decisions.undo(id)}>
        Undo
      </Button>
      <Button variant="ghost" icon={<Send size={14} />} busy={!waits} onClick={() => void decisions.sendNow(id)}>
        Send now
      </Button>
    </div>
  );
}

function useSecondsUntil(time: number): number {
  const left = () => Math.max(0, Math.ceil((time - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `left` is made from `time` alone.
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  }, [time]);
  return seconds;
}

/** Takes a decision back that the agent has heard of already. */
function OpenAgain({ approval }: { approval: Approval }) {
  const cache = useQueryClient();
  const write = useBoardWrite(approval.board_id);
  const open = useMutation({
    mutationFn: () => decide(approval, "pending"),
    onSettled: () => readAgain(cache, approval),
  });
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          icon={<RotateCcw size={14} />}
          reason={write.reason}
          busy={open.isPending}
          onClick={() => open.mutate()}
        >
          Reopen
        </Button>
        <p className="text-ink-3">Returns it to pending. Agents already know the earlier decision.</p>
      </div>
      <FormError error={open.error} />
    </>
  );
}
