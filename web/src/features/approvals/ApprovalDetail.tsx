import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, Link2 } from "lucide-react";
import type { ReactNode } from "react";
import { boardsQuery, snapshotQuery } from "@/api/queries/boards";
import type { Approval } from "@/api/types";
import { Code } from "@/components/Code";
import { CopyButton } from "@/components/CopyButton";
import { Markdown } from "@/components/Markdown";
import { Property, PropertyList } from "@/components/PropertyList";
import { RelativeTime } from "@/components/RelativeTime";
import { Button } from "@/components/ui/Button";
import { formatDuration } from "@/lib/format";
import { useNow } from "@/lib/now";
import { parseTime } from "@/lib/time";
import { StatusBadge } from "./ApprovalList";
import { Changes } from "./Changes";
import { Confidence } from "./Confidence";
import { DecisionBar } from "./DecisionBar";
import { label, reasonOf, titleOf } from "./describe";
import { LinkedTask } from "./LinkedTask";
import { assigneeOf, changesOf, detailsOf, diffOf, tasksOf } from "./payload";

/** A request that waits longer than this many hours is late. */
const LATE_HOURS = 24;

interface ApprovalDetailProps {
  approval: Approval;
  /** Goes back to the list, where the list is not beside it. */
  onBack: (() => void) | undefined;
}

/** All that helps to decide one request, and the decision. */
export function ApprovalDetail({ approval, onBack }: ApprovalDetailProps) {
  const boards = useQuery(boardsQuery).data?.items ?? [];
  const board = boards.find((entry) => entry.id === approval.board_id);
  const tasks = tasksOf(approval);
  const title = titleOf(approval);
  const reason = reasonOf(approval);
  const changes = changesOf(approval);
  const diff = diffOf(approval);
  const details = detailsOf(approval);
  return (
    <section aria-label="Evidence" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-3xl space-y-6 px-6 py-5 max-md:px-3">
          <header>
            {onBack && (
              <Button variant="ghost" size="sm" icon={<ArrowLeft size={14} />} className="mb-2 -ml-2" onClick={onBack}>
                All approvals
              </Button>
            )}
            <div className="flex flex-wrap items-center gap-2">
              <h2 className="text-lg font-semibold">{label(approval.action_type)}</h2>
              <StatusBadge approval={approval} />
              <span className="ml-auto">
                <CopyButton
                  text={`${location.origin}/approvals?board=${approval.board_id}&approval=${approval.id}`}
                  label="Copy the link to this approval"
                />
              </span>
            </div>
            {title && <p className="mt-1 text-base">{title}</p>}
            <p className="mt-1 flex flex-wrap items-center gap-x-2 text-ink-2">
              <span>{approval.agent_name ? `Requested by ${approval.agent_name}` : "Requested by a person"}</span>
              {board && (
                <>
                  <span aria-hidden="true">·</span>
                  <Link
                    to="/boards/$boardId"
                    params={{ boardId: board.id }}
                    className="text-accent-text hover:underline"
                  >
                    {board.name}
                  </Link>
                </>
              )}
              <span aria-hidden="true">·</span>
              <Age approval={approval} />
            </p>
          </header>
          {approval.status !== "pending" && <Outcome approval={approval} />}
          {reason && (
            <Part title="Reason">
              <Markdown text={reason} />
            </Part>
          )}
          <Confidence approval={approval} />
          <Assignee approval={approval} />
          {(changes.length > 0 || diff) && (
            <Part title="Proposed changes">
              <Changes changes={changes} diff={diff} />
            </Part>
          )}
          {tasks.length > 0 && (
            <Part title={tasks.length === 1 ? "Task" : `${tasks.length} tasks`}>
              <ul className="space-y-2">
                {tasks.map((task) => (
                  <LinkedTask key={task.id} boardId={approval.board_id} task={task} open={tasks.length === 1} />
                ))}
              </ul>
            </Part>
          )}
          {details.length > 0 && (
            <Part title="Details">
              <dl className="divide-y divide-line overflow-hidden rounded-lg border border-line">
                {details.map(([name, value]) => (
                  <div key={name} className="gap-3 px-3 py-2 sm:flex">
                    <dt className="w-40 shrink-0 text-ink-3">{label(name)}</dt>
                    <dd className="min-w-0 break-words whitespace-pre-wrap">{value}</dd>
                  </div>
                ))}
              </dl>
            </Part>
          )}
          <details>
            <summary className="cursor-pointer font-medium text-ink-2 hover:text-ink">Raw request</summary>
            <div className="mt-2">
              <Code
                label="Request"
                text={JSON.stringify(
                  {
                    id: approval.id,
                    action_type: approval.action_type,
                    confidence: approval.confidence,
                    rubric_scores: approval.rubric_scores ?? null,
                    payload: approval.payload ?? null,
                  },
                  null,
                  2,
                )}
              />
            </div>
          </details>
        </div>
      </div>
      <DecisionBar approval={approval} />
    </section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}

/** Since when it waits, marked when that is long; how long it has waited when it is decided. */
function Age({ approval }: { approval: Approval }) {
  const now = useNow();
  const asked = parseTime(approval.created_at).getTime();
  if (approval.resolved_at) {
    const waited = (parseTime(approval.resolved_at).getTime() - asked) / 1000;
    return <span>decided after {formatDuration(waited)}</span>;
  }
  const waiting = (now.getTime() - asked) / 1000;
  const late = waiting > LATE_HOURS * 3600;
  return (
    <span className={late ? "font-medium text-warn" : undefined}>
      {waiting < 60 ? "requested just now" : `waiting for ${formatDuration(waiting)}`}
    </span>
  );
}

function Outcome({ approval }: { approval: Approval }) {
  return (
    <div className="rounded-lg border border-line bg-sunken px-4 py-3">
      <PropertyList>
        <Property label={approval.status === "approved" ? "Approved by" : "Rejected by"}>
          {approval.resolved_by_name ?? "Deleted user"}
        </Property>
        {approval.resolved_at && (
          <Property label="Decided">
            <RelativeTime value={approval.resolved_at} />
          </Property>
        )}
        <Property label="Note">{approval.decision_note}</Property>
      </PropertyList>
    </div>
  );
}

/** Who would get the work; its name, when it is an agent of the board. */
function Assignee({ approval }: { approval: Approval }) {
  const id = assigneeOf(approval);
  const agents = useQuery({ ...snapshotQuery(approval.board_id), enabled: Boolean(id) }).data?.agents ?? [];
  if (!id) return null;
  const agent = agents.find((entry) => entry.id === id);
  return (
    <p className="flex items-center gap-2">
      <Link2 size={14} className="text-ink-3" aria-hidden="true" />
      Will be assigned to <span className="font-medium">{agent?.name ?? "an agent outside this board"}</span>
    </p>
  );
}
