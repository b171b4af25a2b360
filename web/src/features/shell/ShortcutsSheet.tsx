import { Kbd } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { SHORTCUTS } from "./shortcutList";

/** The sheet of all keyboard shortcuts. */
export default function ShortcutsSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" width="lg">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without a stop in it, the keyboard could not scroll the sheet. */}
      <section aria-label="Keys" tabIndex={0} className="gap-x-8 md:columns-2">
        {SHORTCUTS.map((group) => (
          <section key={group.title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1.5 text-xs font-medium text-ink-3">{group.title}</h3>
            <dl className="divide-y divide-line">
              {group.keys.map(([keys, meaning]) => (
                <div key={keys} className="flex items-center justify-between gap-4 py-1.5">
                  <dt>{meaning}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {keys.split(" ").map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </section>
    </Dialog>
  );
}
