import { Button } from "@/components/ui/Button";

/** Says in a form that what it edits was changed by somebody else, and offers to go on from there. */
export function ChangedElsewhere({ onRebase }: { onRebase: () => void }) {
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn"
    >
      <p className="min-w-48 flex-1">This was changed elsewhere meanwhile. What you typed is kept.</p>
      <Button size="sm" onClick={onRebase}>
        Take over the rest
      </Button>
    </div>
  );
}
