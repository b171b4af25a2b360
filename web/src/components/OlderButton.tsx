import { messageOf } from "@/api/errors";
import { Button } from "./ui/Button";

interface OlderButtonProps {
  /** A list that is read page by page, the newest first. */
  query: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    error: Error | null;
    fetchNextPage: () => Promise<unknown>;
  };
  /** What is listed: "events". */
  what: string;
  /** How many are shown so far. */
  shown?: number;
}

/** The foot of a list: reads the page after the last one; nothing when there is none. */
export function OlderButton({ query, what, shown }: OlderButtonProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className="mt-4 flex flex-col items-center gap-1 text-center">
      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {query.isFetchingNextPage ? "Loading…" : `Load older ${what}`}
      </Button>
      {query.isFetchNextPageError ? (
        <p role="alert" className="text-xs text-danger">
          {messageOf(query.error)}
        </p>
      ) : (
        shown !== undefined && <p className="text-xs text-ink-3">The newest {shown} are shown.</p>
      )}
    </div>
  );
}
