import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, Clock, X } from "lucide-react";
import { memo, type Ref } from "react";
import { boardsQuery } from "@/api/queries/boards";
import type { Approval } from "@/api/types";
import { Badge } from "@/components/Badge";
import { RelativeTime } from "@/components/RelativeTime";
import { Checkbox } from "@/components/ui/Checkbox";
import { useBoardWrite } from "@/features/session/permissions";
import { cx } from "@/lib/cx";
import { type HeldDecision, useDecisions } from "./decisions";
import { confidenceOf, confidenceText, label, subjectOf, toneOf } from "./describe";

interface ApprovalListProps {
  ref: Ref<HTMLUListElement>;
  approvals: Approval[];
  selected: string | undefined;
  chosen: ReadonlySet<string>;
  onToggle: (id: string, on: boolean) => void;
}

/** The approvals, a line each: what, where, how sure, since when. */
export function ApprovalList({ ref, approvals, selected, chosen, onToggle }: ApprovalListProps) {
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const { held } = useDecisions();
  return (
    <ul ref={ref} aria-label="Approvals" className="divide-y divide-line">
      {approvals.map((approval) => (
        <Row
          key={approval.id}
          approval={approval}
          board={boards.find((board) => board.id === approval.board_id)?.name}
          selected={approval.id === selected}
          chosen={chosen.has(approval.id)}
          held={held.get(approval.id)}
          onToggle={onToggle}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  approval: Approval;
  board: string | undefined;
  selected: boolean;
  chosen: boolean;
  held: HeldDecision | undefined;
  onToggle: (id: string, on: boolean) => void;
}

const TONE_TEXT = { ok: "text-ok", warn: "text-warn", danger: "text-danger" };

const Row = memo(function Row({ approval, board, selected, chosen, held, onToggle }: RowProps) {
  const write = useBoardWrite(approval.board_id);
  const confidence = confidenceOf(approval);
  const name = label(approval.action_type);
  return (
    <li
      data-approval={approval.id}
      aria-label={name}
      aria-current={selected || undefined}
      className={cx(
        "relative flex gap-3 px-4 py-3 max-md:px-3",
        selected ? "bg-accent-soft" : "hover:bg-hover",
        held && held.phase !== "failed" && "opacity-70",
      )}
    >
      {approval.status === "pending" && (
        <span className="pt-0.5">
          <Checkbox
            compact
            label={`Select: ${name}, ${subjectOf(approval)}`}
            checked={chosen && !held}
            reason={write.reason}
            disabled={Boolean(held)}
            onChange={(on) => onToggle(approval.id, on)}
          />
        </span>
      )}
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <Link
            from="/approvals"
            search={(previous) => ({ ...previous, approval: approval.id })}
            className="min-w-0 flex-1 truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-text"
          >
            {name}
          </Link>
          <RelativeTime value={approval.created_at} className="shrink-0 text-xs text-ink-3" />
        </p>
        <p className="truncate text-ink-2">{subjectOf(approval)}</p>
        <p className="mt-0.5 flex items-center gap-2 text-xs text-ink-3">
          <span className="min-w-0 truncate">
            {[approval.agent_name, board].filter(Boolean).join(" · ") || "No agent"}
          </span>
          <span className="ml-auto shrink-0">
            {held ? (
              <HeldBadge held={held} />
            ) : approval.status === "pending" ? (
              <span className={cx("font-medium", TONE_TEXT[toneOf(confidence)])}>{confidenceText(approval)}</span>
            ) : (
              <StatusBadge approval={approval} />
            )}
          </span>
        </p>
      </div>
    </li>
  );
});

function HeldBadge({ held }: { held: HeldDecision }) {
  if (held.phase === "failed") return <Badge tone="danger">Failed</Badge>;
  const verb = held.status === "approved" ? "Approving" : "Rejecting";
  return <Badge icon={<Clock size={11} aria-hidden="true" />}>{verb}…</Badge>;
}

/** Whether an approval waits, or what was decided. */
export function StatusBadge({ approval }: { approval: Approval }) {
  if (approval.status === "pending") return <Badge tone="accent">Pending</Badge>;
  return approval.status === "approved" ? (
    <Badge tone="ok" icon={<Check size={11} aria-hidden="true" />}>
      Approved
    </Badge>
  ) : (
    <Badge tone="danger" icon={<X size={11} aria-hidden="true" />}>
      Rejected
    </Badge>
  );
}
