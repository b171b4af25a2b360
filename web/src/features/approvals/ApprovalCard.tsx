import { Link } from "@tanstack/react-router";
import { Check, RotateCcw, X } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import type { Approval } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Markdown } from "@/components/Markdown";
import { RelativeTime } from "@/components/RelativeTime";
import { Button, Kbd } from "@/components/ui/Button";
import { useBoardWrite } from "@/features/session/permissions";
import { cx } from "@/lib/cx";
import { detailsOf, label, reasonOf, toneOf } from "./describe";
import type { Decision } from "./mutations";

interface ApprovalCardProps {
  approval: Approval;
  boardName: string | undefined;
  selected: boolean;
  busy: boolean;
  onSelect: () => void;
  onDecide: (decision: Decision) => void;
}

/** One decision: what is asked, why, how sure the agent is, and the two answers. */
export function ApprovalCard({ approval, boardName, selected, busy, onSelect, onDecide }: ApprovalCardProps) {
  const write = useBoardWrite(approval.board_id);
  const [deciding, setDeciding] = useState<"approved" | "rejected" | null>(null);
  const details = detailsOf(approval);
  const reason = reasonOf(approval);
  const decide = (status: Decision["status"], note?: string) => {
    setDeciding(null);
    onDecide({ approval, status, ...(note ? { note } : {}) });
  };
  return (
    <li
      data-approval={approval.id}
      aria-label={label(approval.action_type)}
      aria-current={selected || undefined}
      tabIndex={-1}
      onFocus={selected ? undefined : onSelect}
      className={cx(
        "rounded-xl border bg-surface p-4 shadow-card outline-none",
        selected ? "border-accent" : "border-line",
      )}
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h2 className="text-base font-semibold">{label(approval.action_type)}</h2>
        <StatusBadge approval={approval} />
        <span className="ml-auto text-xs text-ink-3">
          {boardName && (
            <>
              <Link
                to="/boards/$boardId"
                params={{ boardId: approval.board_id }}
                className="hover:text-ink hover:underline"
              >
                {boardName}
              </Link>{" "}
              ·{" "}
            </>
          )}
          <RelativeTime value={approval.created_at} />
        </span>
      </div>
      <Tasks approval={approval} />
      {reason && (
        <div className="mt-2">
          <Markdown text={reason} />
        </div>
      )}
      <Confidence approval={approval} />
      {details.length > 0 && (
        <details className="mt-3" open={selected}>
          <summary className="cursor-pointer text-sm font-medium text-ink-2 hover:text-ink">What exactly</summary>
          <dl className="mt-2 divide-y divide-line rounded-md border border-line bg-sunken">
            {details.map(([name, value]) => (
              <div key={name} className="gap-3 px-3 py-2 sm:flex">
                <dt className="w-40 shrink-0 text-xs text-ink-3">{name}</dt>
                <dd className="min-w-0 font-mono text-xs break-words whitespace-pre-wrap">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {approval.decision_note && (
        <p className="mt-3 rounded-md bg-sunken px-3 py-2 text-sm whitespace-pre-line">{approval.decision_note}</p>
      )}
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {approval.status === "pending" ? (
          deciding ? (
            <Note deciding={deciding} busy={busy} onCancel={() => setDeciding(null)} onDecide={decide} />
          ) : (
            <>
              <Button
                variant="primary"
                data-action="approve"
                icon={<Check size={15} />}
                reason={write.reason}
                busy={busy}
                onClick={() => setDeciding("approved")}
              >
                Approve {selected && <Kbd className="max-md:hidden">A</Kbd>}
              </Button>
              <Button
                data-action="reject"
                icon={<X size={15} />}
                reason={write.reason}
                busy={busy}
                onClick={() => setDeciding("rejected")}
              >
                Reject {selected && <Kbd className="max-md:hidden">R</Kbd>}
              </Button>
            </>
          )
        ) : (
          <Button
            size="sm"
            icon={<RotateCcw size={14} />}
            reason={write.reason}
            busy={busy}
            onClick={() => decide("pending")}
          >
            Open again
          </Button>
        )}
      </div>
    </li>
  );
}

/** The last step: an optional word to the agent. Enter decides, so that a decision takes two keys. */
function Note({
  deciding,
  busy,
  onCancel,
  onDecide,
}: {
  deciding: "approved" | "rejected";
  busy: boolean;
  onCancel: () => void;
  onDecide: (status: Decision["status"], note?: string) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDecide(deciding, field.current?.value.trim() || undefined);
  };
  const verb = deciding === "approved" ? "Approve" : "Reject";
  return (
    <form onSubmit={submit} className="flex w-full flex-wrap items-center gap-2">
      <input
        ref={field}
        // biome-ignore lint/a11y/noAutofocus: the field follows a key or a click that asked for it.
        autoFocus
        aria-label={`A word to the agent, if there is one to say. Enter: ${verb.toLowerCase()}`}
        placeholder="A word to the agent (optional)"
        maxLength={4000}
        className="field h-8 min-w-0 flex-1 max-md:h-10 max-md:basis-full"
        onKeyDown={(event) => event.key === "Escape" && onCancel()}
      />
      <Button type="submit" variant={deciding === "approved" ? "primary" : "danger"} busy={busy}>
        {verb} <Kbd className="max-md:hidden">Enter</Kbd>
      </Button>
      <Button variant="ghost" onClick={onCancel}>
        Cancel
      </Button>
    </form>
  );
}

function StatusBadge({ approval }: { approval: Approval }) {
  if (approval.status === "pending") return <Badge tone="accent">Waiting</Badge>;
  return (
    <>
      <Badge tone={approval.status === "approved" ? "ok" : "danger"}>{label(approval.status)}</Badge>
      {approval.resolved_at && (
        <span className="text-xs text-ink-3">
          <RelativeTime value={approval.resolved_at} />
        </span>
      )}
    </>
  );
}

function Tasks({ approval }: { approval: Approval }) {
  if (approval.task_titles.length === 0) return null;
  return (
    <ul aria-label="Tasks" className="mt-1 flex flex-wrap gap-x-3 gap-y-1 text-sm">
      {approval.task_titles.map((title, index) => (
        <li key={approval.task_ids[index] ?? title} className="min-w-0">
          <Link
            to="/boards/$boardId"
            params={{ boardId: approval.board_id }}
            search={{ taskId: approval.task_ids[index] }}
            className="text-accent-text hover:underline"
          >
            {title}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** How sure the agent is, and what that is made of. */
function Confidence({ approval }: { approval: Approval }) {
  const scores = Object.entries(approval.rubric_scores ?? {});
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3">
      <Badge tone={toneOf(approval.confidence)}>{Math.round(approval.confidence)} of 100 sure</Badge>
      {scores.map(([name, score]) => (
        <span key={name}>
          {label(name)} <span className="text-ink-2">{String(score)}</span>
        </span>
      ))}
      {approval.confidence_matches_rubric === false && (
        <span className="text-warn">The scores add up to {approval.rubric_total}, not to what it says.</span>
      )}
    </div>
  );
}
