import { Dialog } from "@base-ui/react/dialog";
import { Tooltip } from "@base-ui/react/tooltip";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { X } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { IconButton } from "@/components/ui/Button";
import { SessionLostDialog } from "@/features/session/SessionLostDialog";
import { useIsPhone } from "@/lib/media";
import { useMessagesWanted } from "@/lib/notify";
import { DrawerContext } from "./drawer";
import { followSwitches } from "./organizationSwitch";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { Sidebar } from "./Sidebar";

const Palette = lazy(() => import("./Palette"));
const Messages = lazy(() => import("@/components/Messages"));

/** What stands around every page of a signed-in user. */
export function Shell() {
  const cache = useQueryClient();
  const messagesWanted = useMessagesWanted();
  const phone = useIsPhone();
  const path = useLocation({ select: (location) => location.pathname });
  const [drawerOpen, setDrawerOpen] = useState(false);
  // The palette stays mounted once it was used, so that it opens at once the next time.
  const [palette, setPalette] = useState<"unused" | "open" | "closed">("unused");
  const drawer = useMemo(() => ({ open: () => setDrawerOpen(true) }), []);
  const search = () => {
    setDrawerOpen(false);
    setPalette("open");
  };

  useEffect(() => followSwitches(cache), [cache]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going to another page closes the drawer.
  useEffect(() => setDrawerOpen(false), [path]);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette("open");
      }
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);

  return (
    <Tooltip.Provider delay={400}>
      <DrawerContext value={drawer}>
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <div className="flex h-full">
          {!phone && (
            <div className="w-60 shrink-0 border-r border-line bg-sunken">
              <Sidebar onSearch={search} />
            </div>
          )}
          <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
            <Outlet />
          </main>
        </div>
        <Dialog.Root open={phone && drawerOpen} onOpenChange={setDrawerOpen}>
          <Dialog.Portal>
            <Dialog.Backdrop className="backdrop fixed inset-0 z-40" />
            <Dialog.Popup className="drawer fixed inset-y-0 left-0 z-40 w-72 border-r border-line bg-sunken shadow-pop transition-[translate,opacity] outline-none">
              <Dialog.Title className="sr-only">Navigation</Dialog.Title>
              <div className="absolute top-2.5 -right-12">
                <Dialog.Close
                  render={
                    <IconButton label="Close navigation" className="bg-surface!">
                      <X size={18} />
                    </IconButton>
                  }
                />
              </div>
              <Sidebar onSearch={search} />
            </Dialog.Popup>
          </Dialog.Portal>
        </Dialog.Root>
        <ShortcutsDialog />
        {palette !== "unused" && (
          <Suspense>
            <Palette open={palette === "open"} onClose={() => setPalette("closed")} />
          </Suspense>
        )}
        <SessionLostDialog />
        {messagesWanted && (
          <Suspense>
            <Messages />
          </Suspense>
        )}
      </DrawerContext>
    </Tooltip.Provider>
  );
}
