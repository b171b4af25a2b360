import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { failuresQuery } from "@/api/queries/activity";
import { useNow } from "@/lib/now";
import { parseTime } from "@/lib/time";
import { foldRepeats } from "./repeats";
import { ToldEvent } from "./ToldEvent";

/** What went wrong longer ago than this is no news. */
const NEWS_HOURS = 24;
const SHOWN = 3;

/** What went wrong lately, above everything else; nothing when nothing did. */
export function Failures({ boardNames }: { boardNames: Map<string, string> }) {
  const now = useNow();
  const failures = useQuery(failuresQuery).data;
  const recent = (failures?.items ?? []).filter(
    (event) => now.getTime() - parseTime(event.created_at).getTime() < NEWS_HOURS * 3_600_000,
  );
  if (recent.length === 0) return null;
  return (
    <section
      aria-label="Recent failures"
      className="mb-5 overflow-hidden rounded-xl border border-danger/40 bg-surface"
    >
      <div className="flex items-center gap-2 border-b border-line bg-danger-soft px-3 py-2">
        <CircleAlert size={14} className="text-danger" aria-hidden="true" />
        <h2 className="flex-1 font-semibold text-danger">Recent failures</h2>
        <Link from="/activity" search={{ failed: true }} className="font-medium text-danger underline">
          All failures
        </Link>
      </div>
      <ol className="divide-y divide-line">
        {foldRepeats(recent)
          .slice(0, SHOWN)
          .map((told) => (
            <ToldEvent
              key={told.key}
              told={told}
              boardName={boardNames.get(told.event.board_id ?? "")}
              highlighted={false}
              more={Boolean(failures?.next_cursor)}
            />
          ))}
      </ol>
    </section>
  );
}
