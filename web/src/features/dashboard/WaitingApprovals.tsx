import { Link } from "@tanstack/react-router";
import type { DashboardMetrics } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Panel } from "@/components/Panel";
import { RelativeTime } from "@/components/RelativeTime";
import { ListSkeleton } from "@/components/Skeletons";
import { label, toneOf } from "@/features/approvals/describe";

interface WaitingApprovalsProps {
  pending: DashboardMetrics["pending_approvals"] | undefined;
  board: string | undefined;
}

const SHOWN = 5;

/** The newest decisions that wait. */
export function WaitingApprovals({ pending, board }: WaitingApprovalsProps) {
  const shown = pending?.items.slice(0, SHOWN) ?? [];
  return (
    <Panel
      title="Pending approvals"
      note={pending && pending.total > shown.length ? `newest ${shown.length} of ${pending.total}` : undefined}
      action={
        <Link to="/approvals" search={board ? { board } : {}} className="text-accent-text hover:underline">
          All approvals
        </Link>
      }
      flush
    >
      {!pending && <ListSkeleton rows={3} label="Loading the approvals" />}
      {pending && shown.length === 0 && <p className="px-4 pb-4 text-ink-3">Nothing is waiting for a decision.</p>}
      {shown.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {shown.map((item) => (
            <li key={item.approval_id} className="relative flex items-center gap-3 px-4 py-2.5 hover:bg-hover">
              <span className="min-w-0 flex-1">
                <Link
                  to="/approvals"
                  search={{ approval: item.approval_id }}
                  className="block truncate font-medium after:absolute after:inset-0"
                >
                  {item.task_title ?? label(item.action_type)}
                </Link>
                <span className="block truncate text-xs text-ink-3">
                  {item.task_title ? `${label(item.action_type)} · ` : ""}
                  {item.board_name}
                </span>
              </span>
              <Badge tone={toneOf(item.confidence)}>{`${Math.round(item.confidence)}% confidence`}</Badge>
              <RelativeTime value={item.created_at} className="w-16 shrink-0 text-right text-xs text-ink-3" />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
