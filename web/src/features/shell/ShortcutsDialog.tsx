import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Kbd } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { goKey, PAGES } from "./pages";
import { SHORTCUTS } from "./shortcutList";
import { useShortcuts, useShowShortcuts } from "./shortcuts";

/** All keyboard shortcuts, opened with `?`; and those that hold on every page. */
export function ShortcutsDialog() {
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const goTo = PAGES.map((page) => [`g ${goKey(page)}`, () => void navigate(page.link)] as const);
  useShortcuts({ "?": () => setOpen(true), ...Object.fromEntries(goTo) });
  useShowShortcuts(() => setOpen(true));
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keyboard shortcuts" width="lg">
      <div className="gap-x-8 md:columns-2">
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
      </div>
    </Dialog>
  );
}
