import { type ComponentType, cloneElement, Suspense, useState } from "react";
import { late } from "@/lib/late";

/** What a menu that is loaded late gets: its button, and that it begins open. */
export interface LateMenuProps {
  trigger: React.JSX.Element;
}

/**
 * A menu that is loaded when somebody is about to open it: before that there is only its button. For menus that stand on
 * every page, or before anything else on theirs, and are rarely opened.
 */
export function lazyMenu<P extends object = object>(
  load: () => Promise<{ default: ComponentType<LateMenuProps & P> }>,
) {
  const Late = late(load);
  return function LazyMenu({ trigger, ...rest }: LateMenuProps & P) {
    const props = { ...rest, trigger } as LateMenuProps & P;
    const [opened, setOpened] = useState(false);
    const closed = cloneElement(trigger, {
      "aria-haspopup": "menu",
      "aria-expanded": false,
      onPointerEnter: load,
      onFocus: load,
      onClick: () => setOpened(true),
    });
    if (!opened) return closed;
    return (
      <Suspense fallback={closed}>
        <Late {...props} />
      </Suspense>
    );
  };
}
