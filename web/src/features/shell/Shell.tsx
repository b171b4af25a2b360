import { Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, useEffect, useMemo, useState } from "react";
import { useSessionLost } from "@/features/session/lost";
import { late } from "@/lib/late";
import { useIsPhone } from "@/lib/media";
import { useMessagesWanted } from "@/lib/notify";
import { DrawerContext } from "./drawer";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { Sidebar } from "./Sidebar";

const Palette = late(() => import("./Palette"));
const NavigationDrawer = late(() => import("./NavigationDrawer"));
const SessionLostDialog = late(() => import("@/features/session/SessionLostDialog"));
const Messages = late(() => import("@/components/Messages"));

/** What stands around every page of a signed-in user. */
export function Shell() {
  const messagesWanted = useMessagesWanted();
  const sessionLost = useSessionLost();
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
      {phone && (
        <Suspense>
          <NavigationDrawer open={drawerOpen} onOpenChange={setDrawerOpen} onSearch={search} />
        </Suspense>
      )}
      <ShortcutsDialog />
      {palette !== "unused" && (
        <Suspense>
          <Palette open={palette === "open"} onClose={() => setPalette("closed")} />
        </Suspense>
      )}
      {sessionLost && (
        <Suspense>
          <SessionLostDialog />
        </Suspense>
      )}
      {messagesWanted && (
        <Suspense>
          <Messages />
        </Suspense>
      )}
    </DrawerContext>
  );
}
