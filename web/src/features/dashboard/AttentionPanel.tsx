import { Link } from "@tanstack/react-router";
import { AlarmClock, Bot, ChevronRight, CircleCheck, CircleSlash, Network, ShieldCheck, Webhook } from "lucide-react";
import type { DashboardMetrics } from "@/api/types";
import { cx } from "@/lib/cx";
import { formatCount } from "@/lib/format";
import { type Concern, concerns, isBlank } from "./attention";

const ICONS = {
  approvals: ShieldCheck,
  gateways: Network,
  agents: Bot,
  overdue: AlarmClock,
  deliveries: Webhook,
  blocked: CircleSlash,
} as const;

const TONES = {
  danger: "bg-danger-soft text-danger",
  warn: "bg-warn-soft text-warn",
  accent: "bg-accent-soft text-accent-text",
} as const;

interface AttentionPanelProps {
  metrics: DashboardMetrics | undefined;
  board: string | undefined;
  /** The figures are of a board or a group only. */
  narrowed: boolean;
}

/** What somebody should look at, first of all; or that there is nothing. */
export function AttentionPanel({ metrics, board, narrowed }: AttentionPanelProps) {
  if (!metrics) {
    return (
      <div role="status" aria-label="Loading what needs attention" className={GRID}>
        {[0, 1, 2].map((at) => (
          <div key={at} className="skeleton h-15 rounded-xl!" />
        ))}
      </div>
    );
  }
  const found = concerns({ metrics, board });
  const blank = !narrowed && isBlank(metrics);
  return (
    <section aria-label="Needs attention">
      <h2 className="sr-only">Needs attention</h2>
      {blank ? (
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-xl border border-line bg-surface px-4 py-3.5 shadow-card">
          <div className="min-w-0 flex-1 basis-80">
            <p className="font-semibold">No work and no agents yet</p>
            <p className="text-ink-2">
              With a board, a task and an agent, this page says what needs you and how work gets on.
            </p>
          </div>
          <Link to="/welcome" className="font-medium text-accent-text underline underline-offset-2">
            Get started
          </Link>
        </div>
      ) : found.length === 0 ? (
        <p className="flex items-center gap-2.5 rounded-xl border border-line bg-surface px-4 py-3 text-ink-2 shadow-card">
          <CircleCheck size={18} className="text-ok" aria-hidden="true" />
          All clear: nothing pending, nothing overdue, nothing down.
        </p>
      ) : (
        <ul className={GRID}>
          {found.map((concern) => (
            <Entry key={concern.id} concern={concern} />
          ))}
        </ul>
      )}
    </section>
  );
}

const GRID = "grid grid-cols-1 gap-3 max-md:gap-2 @2xl:grid-cols-2 @5xl:grid-cols-3";

function Entry({ concern }: { concern: Concern }) {
  const Icon = ICONS[concern.id];
  return (
    <li className="group relative flex items-center gap-3 rounded-xl border border-line bg-surface px-3.5 py-3 shadow-card hover:border-line-strong/60">
      <span
        className={cx("grid size-9 shrink-0 place-items-center rounded-lg", TONES[concern.tone])}
        aria-hidden="true"
      >
        <Icon size={18} />
      </span>
      <span className="min-w-0 flex-1">
        <Link {...concern.link} className="block truncate font-semibold after:absolute after:inset-0 after:rounded-xl">
          <span className="tabular-nums">{formatCount(concern.count)}</span> {concern.text}
        </Link>
        {concern.names.length > 0 && (
          <span className="block truncate text-xs text-ink-3">
            {concern.names.join(", ")}
            {concern.count > concern.names.length && " …"}
          </span>
        )}
      </span>
      <ChevronRight size={16} className="shrink-0 text-ink-3 group-hover:text-ink" aria-hidden="true" />
    </li>
  );
}
