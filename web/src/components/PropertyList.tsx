import type { ReactNode } from "react";

/** Facts about one thing: names at the left, values at the right. Holds `Property`. */
export function PropertyList({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm max-md:grid-cols-[minmax(5rem,auto)_minmax(0,1fr)]">
      {children}
    </dl>
  );
}

/** One fact. A value that is missing shows as a dash. */
export function Property({ label, children }: { label: string; children: ReactNode }) {
  const missing = children === null || children === undefined || children === "" || children === false;
  return (
    <div className="contents">
      <dt className="text-ink-3">{label}</dt>
      <dd className="min-w-0 break-words">
        {missing ? (
          <span className="text-ink-3">
            <span aria-hidden="true">–</span>
            <span className="sr-only">none</span>
          </span>
        ) : (
          children
        )}
      </dd>
    </div>
  );
}
