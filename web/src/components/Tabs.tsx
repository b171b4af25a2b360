import { Link, type LinkProps } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { cx } from "@/lib/cx";

/** One tab: an address of its own, so that it can be linked to, opened beside, and gone back from. */
export interface Tab {
  label: string;
  /** Where it leads; `linkOptions(…)` of the router. */
  link: LinkProps;
  active: boolean;
  /** How many there are of what it shows. */
  count?: number | null;
}

/**
 * The parts of a page, side by side as links. They scroll sideways within themselves where there is no room,
 * so far that the present one is in sight.
 */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const list = useRef<HTMLElement>(null);
  const active = tabs.find((tab) => tab.active)?.label;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another place to scroll to.
  useEffect(() => {
    const place = list.current?.getBoundingClientRect();
    const tab = list.current?.querySelector("[aria-current=page]")?.getBoundingClientRect();
    if (!list.current || !place || !tab) return;
    if (tab.right > place.right) list.current.scrollLeft += tab.right - place.right;
    else if (tab.left < place.left) list.current.scrollLeft -= place.left - tab.left;
  }, [active]);
  return (
    <nav
      ref={list}
      aria-label={label}
      className="-mb-px flex gap-1 overflow-x-auto border-b border-line [scrollbar-width:none]"
    >
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          {...tab.link}
          // What a tab shows is said by `active`; the router's own guess looks at the whole address.
          activeProps={{}}
          aria-current={tab.active ? "page" : undefined}
          className={cx(
            "flex h-9 shrink-0 items-center gap-1.5 border-b-2 px-2.5 text-sm font-medium whitespace-nowrap max-md:h-11",
            "focus-visible:-outline-offset-2",
            tab.active
              ? "border-accent text-ink"
              : "border-transparent text-ink-2 hover:border-line-strong hover:text-ink",
          )}
        >
          {tab.label}{" "}
          {tab.count !== undefined && tab.count !== null && (
            <span className="rounded-full bg-hover px-1.5 text-xs font-medium text-ink-2 tabular-nums">
              {tab.count}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
