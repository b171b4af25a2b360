import { Link } from "@tanstack/react-router";
import { ArrowRight, ShieldCheck } from "lucide-react";
import type { Approval } from "@/api/types";
import { Badge } from "@/components/Badge";
import { EmptyState } from "@/components/EmptyState";
import { RelativeTime } from "@/components/RelativeTime";
import { confidenceOf, confidenceText, label, reasonOf, toneOf } from "@/features/approvals/describe";
import { useBoard } from "./context";

/** How many decided ones stand below those that wait; the page of approvals has all. */
const DECIDED_SHOWN = 20;

/** What the agents of this board ask people to decide: what waits first, then the latest decisions. */
export function ApprovalsContent() {
  const { boardId, snapshot } = useBoard();
  const waiting = snapshot.approvals.filter((approval) => approval.status === "pending");
  const decided = snapshot.approvals.filter((approval) => approval.status !== "pending").slice(0, DECIDED_SHOWN);
  if (snapshot.approvals.length === 0) {
    return (
      <EmptyState icon={<ShieldCheck size={20} />} title="Nobody has asked for a decision">
        Agents ask here before they do what cannot be undone, or what the rules of the board leave to people.
      </EmptyState>
    );
  }
  return (
    <div className="min-h-0 flex-1 space-y-5 overflow-y-auto p-4">
      <section aria-labelledby="approvals-waiting">
        <div className="mb-2 flex items-center gap-2">
          <h3 id="approvals-waiting" className="text-sm font-semibold">
            Waiting
          </h3>
          <span className="text-xs text-ink-3">{snapshot.pending_approvals_count}</span>
          <Link
            to="/approvals"
            search={{ board: boardId }}
            className="ml-auto flex items-center gap-1 text-sm text-accent-text hover:underline"
          >
            Decide them <ArrowRight size={14} aria-hidden="true" />
          </Link>
        </div>
        {waiting.length === 0 ? <p className="text-ink-2">All clear.</p> : <ApprovalRows approvals={waiting} />}
      </section>
      {decided.length > 0 && (
        <section aria-labelledby="approvals-decided">
          <h3 id="approvals-decided" className="mb-2 text-sm font-semibold">
            Decided
          </h3>
          <ApprovalRows approvals={decided} />
        </section>
      )}
    </div>
  );
}

/** Approvals in a few lines each; each leads to where it is decided. */
export function ApprovalRows({ approvals }: { approvals: Approval[] }) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line">
      {approvals.map((approval) => (
        <li key={approval.id} className="relative px-3 py-2.5 hover:bg-hover">
          <div className="flex items-center gap-2">
            <Link
              to="/approvals"
              search={{
                board: approval.board_id,
                approval: approval.id,
                ...(approval.status === "approved" || approval.status === "rejected" ? { state: approval.status } : {}),
              }}
              className="min-w-0 truncate font-medium after:absolute after:inset-0"
            >
              {label(approval.action_type)}
            </Link>
            <StatusOf approval={approval} />
            <RelativeTime value={approval.created_at} className="ml-auto text-xs whitespace-nowrap text-ink-3" />
          </div>
          {approval.task_titles.length > 0 && (
            <p className="truncate text-xs text-ink-3">{approval.task_titles.join(", ")}</p>
          )}
          <p className="mt-0.5 line-clamp-2 text-sm text-ink-2">{reasonOf(approval)}</p>
        </li>
      ))}
    </ul>
  );
}

function StatusOf({ approval }: { approval: Approval }) {
  if (approval.status === "approved") return <Badge tone="ok">Approved</Badge>;
  if (approval.status === "rejected") return <Badge tone="danger">Rejected</Badge>;
  return <Badge tone={toneOf(confidenceOf(approval))}>{confidenceText(approval)}</Badge>;
}
