import { useQuery } from "@tanstack/react-query";
import { approvalPolicyQuery } from "@/api/queries/approvals";
import type { Approval } from "@/api/types";
import { cx } from "@/lib/cx";
import { confidenceOf, label, toneOf } from "./describe";
import { rubricOf } from "./payload";

const BAR = { ok: "bg-ok", warn: "bg-warn", danger: "bg-danger" };
const TEXT = { ok: "text-ok", warn: "text-warn", danger: "text-danger" };

/** How sure the agent is, on a scale of 100 with the mark from which it need not ask, and what that is made of. */
export function Confidence({ approval }: { approval: Approval }) {
  const policy = useQuery(approvalPolicyQuery(approval.board_id)).data;
  const confidence = confidenceOf(approval);
  const tone = toneOf(confidence);
  const scores = rubricOf(approval);
  const mark = policy?.confidence_min;
  // Each criterion is drawn on the scale of the whole, so that bars can be compared with each other and with the sum.
  const scale = Math.max(100, ...scores.map(([, score]) => Math.abs(score)));
  return (
    <section aria-label="Confidence" className="rounded-lg border border-line bg-surface px-4 py-3 shadow-card">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <h3 className="font-semibold">Confidence</h3>
        <span className={cx("font-semibold tabular-nums", TEXT[tone])}>{confidence}%</span>
        {mark !== undefined && (
          <span className="text-xs text-ink-3">
            {confidence < mark ? `Below the ${mark}% threshold` : `Above the ${mark}% threshold`}
          </span>
        )}
      </div>
      <div className="relative mt-2 h-2 rounded-full bg-hover" aria-hidden="true">
        <div className={cx("h-2 rounded-full", BAR[tone])} style={{ width: `${confidence}%` }} />
        {mark !== undefined && (
          <span className="absolute -top-1 h-4 w-0.5 bg-ink-2" style={{ left: `calc(${mark}% - 1px)` }} />
        )}
      </div>
      {scores.length > 0 && (
        <table className="mt-3 w-full">
          <caption className="sr-only">Points by criterion, out of {scale}</caption>
          <tbody>
            {scores.map(([name, score]) => (
              <tr key={name}>
                <th scope="row" className="w-px py-0.5 pr-3 text-left font-normal whitespace-nowrap text-ink-2">
                  {label(name)}
                </th>
                <td className="py-0.5" aria-hidden="true">
                  <div className="h-1.5 rounded-full bg-hover">
                    <div
                      className={cx("h-1.5 rounded-full", score < 0 ? "bg-danger" : "bg-accent")}
                      style={{ width: `${(Math.abs(score) / scale) * 100}%` }}
                    />
                  </div>
                </td>
                <td className="w-px py-0.5 pl-3 text-right tabular-nums">{score}</td>
              </tr>
            ))}
            <tr>
              <th scope="row" className="py-0.5 pr-3 text-left font-medium">
                Total
              </th>
              <td />
              <td className="py-0.5 pl-3 text-right font-medium tabular-nums">
                {approval.rubric_total ?? scores.reduce((sum, [, score]) => sum + score, 0)}
              </td>
            </tr>
          </tbody>
        </table>
      )}
      {approval.confidence_matches_rubric === false && (
        <p className="mt-2 text-warn">The points add up to {approval.rubric_total}, not to what the agent says.</p>
      )}
    </section>
  );
}
