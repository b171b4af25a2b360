import { CircleAlert } from "lucide-react";
import type { Interview } from "@/api/types";
import { Markdown } from "@/components/Markdown";
import { RelativeTime } from "@/components/RelativeTime";
import { cx } from "@/lib/cx";
import { type Turn, turnsOf } from "./transcript";

/** All that was said so far, oldest first. */
export function Transcript({ interview }: { interview: Interview }) {
  return (
    <ol aria-label="What was said" aria-live="polite" className="space-y-3">
      {turnsOf(interview).map((turn) =>
        turn.who === "request" ? <Request key={turn.key} turn={turn} /> : <Said key={turn.key} turn={turn} />,
      )}
    </ol>
  );
}

/** What this server asked the agent to do; long, and seldom read. */
function Request({ turn }: { turn: Turn }) {
  return (
    <li>
      <details className="text-ink-3">
        <summary className="cursor-pointer text-xs hover:text-ink">
          The agent was asked to lead the interview <RelativeTime value={turn.at} />
          <Delivery turn={turn} />
        </summary>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
          tabIndex={0}
          className="mt-2 max-h-72 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs whitespace-pre-wrap text-ink-2"
        >
          {turn.text}
        </pre>
      </details>
    </li>
  );
}

function Said({ turn }: { turn: Turn }) {
  const mine = turn.who === "person";
  return (
    <li className={cx("flex flex-col", mine ? "items-end" : "items-start")}>
      <div
        className={cx(
          "max-w-[85%] rounded-2xl px-4 py-2 break-words",
          mine ? "rounded-br-md bg-accent-soft" : "rounded-bl-md border border-line bg-surface",
        )}
      >
        <span className="sr-only">{mine ? "Answer: " : "Agent: "}</span>
        <Markdown text={turn.text} />
      </div>
      <p className="mt-0.5 px-2 text-xs text-ink-3">
        <RelativeTime value={turn.at} />
        <Delivery turn={turn} />
      </p>
    </li>
  );
}

function Delivery({ turn }: { turn: Turn }) {
  if (turn.delivery === "pending") return <span> · on its way</span>;
  if (turn.delivery === "failed") {
    return (
      <span className="text-danger">
        {" "}
        · <CircleAlert size={11} className="inline" aria-hidden="true" /> not delivered
      </span>
    );
  }
  return null;
}
