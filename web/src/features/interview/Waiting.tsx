import { LoaderCircle, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { FormError } from "@/components/ErrorState";
import { Button } from "@/components/ui/Button";
import { formatDuration } from "@/lib/format";
import { parseTime } from "@/lib/time";

/** An agent that works answers sooner; after this the page says what may be wrong. */
const LONG_SECONDS = 60;

interface WaitingProps {
  since: string;
  /** Why the agent has not got what was said. */
  failed: string | null;
  /** Why it cannot be asked again. */
  reason: string | null;
  busy: boolean;
  error: unknown;
  onAgain: () => void;
}

/** Stands while the agent owes the next step: for how long, what may be wrong, and the way on. */
export function Waiting({ since, failed, reason, busy, error, onAgain }: WaitingProps) {
  const seconds = useSecondsSince(since);
  const long = seconds >= LONG_SECONDS;
  return (
    <div className="rounded-xl border border-line bg-surface px-4 py-3 shadow-card">
      <div className="flex flex-wrap items-center gap-3">
        {failed ? (
          <p role="alert" className="min-w-0 flex-1 text-danger">
            The agent was not reached: {failed}
          </p>
        ) : (
          <p className="flex min-w-0 flex-1 items-center gap-2 text-ink-2">
            <LoaderCircle size={15} className="animate-spin" aria-hidden="true" />
            <span role="status">{long ? "The agent still has not answered." : "The agent thinks…"}</span>
            <span aria-hidden="true" className="text-ink-3 tabular-nums">
              {formatDuration(seconds)}
            </span>
          </p>
        )}
        {(failed || long) && (
          <Button icon={<RotateCw size={14} />} reason={reason} busy={busy} onClick={onAgain}>
            Ask again
          </Button>
        )}
      </div>
      {long && !failed && (
        <p className="mt-2 text-ink-3">
          Most answers come within a minute. The gateway may be away, or its agent busy. You can leave this page; the
          interview goes on where it stands.
        </p>
      )}
      <FormError error={error} />
    </div>
  );
}

function useSecondsSince(time: string): number {
  const passed = () => Math.max(0, Math.floor((Date.now() - parseTime(time).getTime()) / 1000));
  const [seconds, setSeconds] = useState(passed);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `passed` is made from `time` alone.
  useEffect(() => {
    setSeconds(passed());
    const timer = setInterval(() => setSeconds(passed()), 1_000);
    return () => clearInterval(timer);
  }, [time]);
  return seconds;
}
