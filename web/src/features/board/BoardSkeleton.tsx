// Uneven, like real columns.
const CARDS = [4, 2, 3, 5];

/** The shape of a board while it is being loaded. */
export function BoardSkeleton() {
  return (
    <div role="status" aria-label="Loading the board" className="flex min-h-0 flex-1 gap-3 overflow-hidden p-4">
      {CARDS.map((count, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns have no identity.
        <div key={column} className="w-[300px] shrink-0 grow rounded-xl bg-sunken p-2 max-md:w-full">
          <div className="skeleton m-2 h-4 w-24" />
          {Array.from({ length: count }, (_, card) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the cards have no identity.
            <div key={card} className="mb-2 rounded-lg border border-line bg-surface p-3">
              <div className="skeleton h-3.5" style={{ width: `${55 + ((card * 23) % 40)}%` }} />
              <div className="skeleton mt-3 h-3 w-1/3" />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
