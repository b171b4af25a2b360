import { X } from "lucide-react";
import { messageOf } from "@/api/errors";
import { IconButton } from "@/components/ui/Button";
import type { SyncOutcome } from "./mutations";

interface SyncReportProps {
  outcomes: SyncOutcome[];
  /** How many packs are still to be read. */
  waiting: number;
  onClose: () => void;
}

/** How the last sync went, pack by pack, with everything that was left out. */
export function SyncReport({ outcomes, waiting, onClose }: SyncReportProps) {
  if (outcomes.length === 0 && waiting === 0) return null;
  return (
    <section aria-label="Last sync" className="mb-4 rounded-xl border border-line bg-surface shadow-card">
      <div className="flex items-center gap-2 border-b border-line py-1.5 pr-2 pl-4">
        <h2 className="flex-1 font-semibold">
          <span role="status">
            {waiting > 0
              ? `Syncing, ${waiting} ${waiting === 1 ? "pack" : "packs"} to go…`
              : `Synced ${outcomes.length} ${outcomes.length === 1 ? "pack" : "packs"}`}
          </span>
        </h2>
        {waiting === 0 && (
          <IconButton size="sm" label="Close" onClick={onClose}>
            <X size={14} />
          </IconButton>
        )}
      </div>
      <ul className="divide-y divide-line">
        {outcomes.map(({ pack, result, error }) => (
          <li key={pack.id} className="px-4 py-2">
            <p>
              <span className="font-medium">{pack.name}</span>{" "}
              {result ? (
                <span className="text-ink-2">
                  {result.synced} skills, {result.created} new, {result.updated} changed
                </span>
              ) : (
                <span role="alert" className="text-danger">
                  {messageOf(error)}
                </span>
              )}
            </p>
            {result && result.warnings.length > 0 && (
              <ul aria-label={`Warnings for ${pack.name}`} className="mt-1 max-h-48 list-disc overflow-y-auto pl-5">
                {result.warnings.map((warning) => (
                  <li key={warning} className="text-warn">
                    {warning}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
