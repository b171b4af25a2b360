import { Check, CircleAlert, Minus } from "lucide-react";
import type { DoctorReport } from "@/api/types";
import { cx } from "@/lib/cx";
import { rungLabel } from "./describe";

/** The way to a gateway, rung by rung, with the one thing to do where it breaks. */
export function Doctor({ report }: { report: DoctorReport }) {
  const rungs = report.rungs.filter((rung) => rung.state !== "not_applicable");
  return (
    <section aria-label="Connection checks" className="rounded-lg border border-line bg-sunken p-3">
      {report.advice ? (
        <p role="alert" className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-sm break-words text-warn">
          {report.advice}
        </p>
      ) : (
        <p role="status" className="mb-3 rounded-md bg-ok-soft px-3 py-2 text-sm text-ok">
          All checks passed{report.version && `: OpenClaw ${report.version}`}.
        </p>
      )}
      <ol className="space-y-1">
        {rungs.map((rung) => (
          <li key={rung.name} className="flex items-start gap-2 text-sm">
            <span className="mt-0.5 shrink-0" aria-hidden="true">
              {rung.state === "passed" && <Check size={15} className="text-ok" />}
              {rung.state === "failed" && <CircleAlert size={15} className="text-danger" />}
              {rung.state === "not_reached" && <Minus size={15} className="text-ink-3" />}
            </span>
            <span className={cx("min-w-0 flex-1", rung.state === "not_reached" && "text-ink-3")}>
              {rungLabel(rung)}
              <span className="sr-only">
                {rung.state === "passed" ? ": yes" : rung.state === "failed" ? ": no" : ": not tried"}
              </span>
              {rung.detail && <span className="block text-xs break-words text-ink-3">{rung.detail}</span>}
            </span>
            {rung.duration_ms != null && <span className="text-xs text-ink-3">{rung.duration_ms} ms</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
