/** Grey lines in place of a list that is being loaded. */
export function ListSkeleton({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="divide-y divide-line">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity.
        <div key={row} className="flex items-center gap-3 px-4 py-3.5">
          <div className="skeleton size-5 rounded-full" />
          <div className="skeleton h-3.5" style={{ width: `${30 + ((row * 17) % 40)}%` }} />
          <div className="skeleton ml-auto h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}
