import { useState } from "react";
import { Kbd } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { useShortcuts, useShowShortcuts } from "./shortcuts";

const GROUPS: { title: string; keys: [string, string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Find a board or a page"],
      ["?", "Show this list"],
      ["Esc", "Close the open panel or dialog"],
    ],
  },
  {
    title: "Among approvals",
    keys: [
      ["J K", "Next or previous approval"],
      ["A Enter", "Approve"],
      ["R Enter", "Reject"],
    ],
  },
  {
    title: "On a board",
    keys: [
      ["N", "New task"],
      ["/", "Filter by text"],
      ["V", "Switch between board and list"],
      ["C", "Open the chat"],
    ],
  },
  {
    title: "On a card",
    keys: [
      ["↑ ↓", "Previous or next card"],
      ["← →", "Card in the column beside"],
      ["Shift ← →", "Move the card to the column beside"],
      ["M", "Move the card to…"],
      ["Enter", "Open the task"],
    ],
  },
];

/** All keyboard shortcuts, opened with `?`. */
export function ShortcutsDialog() {
  const [open, setOpen] = useState(false);
  useShortcuts({ "?": () => setOpen(true) });
  useShowShortcuts(() => setOpen(true));
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keyboard shortcuts" width="sm">
      <div className="space-y-5">
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1.5 text-xs font-medium text-ink-3">{group.title}</h3>
            <dl className="divide-y divide-line">
              {group.keys.map(([keys, meaning]) => (
                <div key={keys} className="flex items-center justify-between gap-4 py-1.5">
                  <dt>{meaning}</dt>
                  <dd>
                    <Kbd>{keys}</Kbd>
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
