import { CircleAlert, Wrench } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { RelativeTime } from "@/components/RelativeTime";
import { cx } from "@/lib/cx";
import type { Entry } from "./transcript";

// How far from the end somebody may be who still wants to see what comes.
const NEAR_END_PX = 80;

interface TranscriptProps {
  entries: readonly Entry[];
  name: string;
  /** Stay at the end as more comes, unless the reader has scrolled up. */
  follow: boolean;
}

/** What was said and done in a session, oldest first. Everything in it is text by agents and their tools. */
export function Transcript({ entries, name, follow }: TranscriptProps) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when there is more to see.
  useLayoutEffect(() => {
    const element = box.current;
    if (element && follow && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [entries.length, follow]);
  return (
    <section
      ref={box}
      aria-label={`Transcript of ${name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
      className="max-h-[60vh] min-h-40 overflow-y-auto rounded-xl border border-line bg-surface p-4 shadow-card"
    >
      <ol className="space-y-3">
        {entries.map((entry) => (
          <li key={entry.id}>
            <EntryView entry={entry} name={name} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function EntryView({ entry, name }: { entry: Entry; name: string }) {
  switch (entry.kind) {
    case "heard":
      return (
        <Words who="Told" at={entry.at} className="border-line-strong bg-sunken">
          {entry.text}
        </Words>
      );
    case "said":
      return (
        <Words who={name} at={entry.at} className="border-accent">
          {entry.text}
        </Words>
      );
    case "thought":
      return (
        <details className="text-sm text-ink-3">
          <summary className="cursor-pointer">Thought</summary>
          <p className="mt-1 break-words whitespace-pre-wrap">{entry.text}</p>
        </details>
      );
    case "called":
    case "answered":
      return <Tool entry={entry} />;
    default:
      return (
        <p
          className={cx(
            "flex items-start justify-center gap-1.5 text-center text-xs break-words",
            entry.failed ? "text-danger" : "text-ink-3",
          )}
        >
          {entry.failed && <CircleAlert size={14} className="mt-px shrink-0" aria-hidden="true" />}
          {entry.text}
        </p>
      );
  }
}

function Words({
  who,
  at,
  className,
  children,
}: {
  who: string;
  at: number | null;
  className: string;
  children: string;
}) {
  return (
    <div className={cx("rounded-r-md border-l-2 py-1 pr-2 pl-3", className)}>
      <p className="flex items-baseline gap-2 text-xs text-ink-3">
        <span className="font-medium text-ink-2">{who}</span>
        {at && <RelativeTime value={new Date(at).toISOString()} />}
      </p>
      <p className="break-words whitespace-pre-wrap">{children}</p>
    </div>
  );
}

function Tool({ entry }: { entry: Entry }) {
  const said = entry.kind === "called" ? "calls" : entry.failed ? "failed" : "answered";
  return (
    <details className="pl-3 text-sm">
      <summary className={cx("cursor-pointer truncate", entry.failed ? "text-danger" : "text-ink-2")}>
        <Wrench size={13} className="mr-1.5 inline text-ink-3" aria-hidden="true" />
        <span className="font-mono text-xs">{entry.tool ?? "tool"}</span> {said}
        <span className="ml-2 font-mono text-xs text-ink-3">{entry.text.replaceAll(/\s+/g, " ").slice(0, 120)}</span>
      </summary>
      <pre className="mt-1 max-h-80 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-xs break-words whitespace-pre-wrap">
        {entry.text}
      </pre>
    </details>
  );
}
