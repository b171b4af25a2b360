import { type ReactNode, useId } from "react";

interface PanelProps {
  title: string;
  /** A few words on what is shown. */
  note?: ReactNode;
  /** At the right of the title: a link, a choice. */
  action?: ReactNode;
  /** The content touches the edges; it brings its own spacing. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled part of a page, on a surface of its own. */
export function Panel({ title, note, action, flush, children }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex min-w-0 flex-col rounded-xl border border-line bg-surface shadow-card"
    >
      <div className="flex min-h-11 items-center gap-3 px-4 pt-2 pb-1">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {note && <span className="min-w-0 flex-1 truncate text-xs text-ink-3">{note}</span>}
        {action && <span className="ml-auto shrink-0 text-xs">{action}</span>}
      </div>
      <div className={flush ? "min-w-0 flex-1" : "min-w-0 flex-1 px-4 pb-4"}>{children}</div>
    </section>
  );
}
