import { useNavigate } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { late } from "@/lib/late";
import { useShortcuts } from "@/lib/shortcuts";
import { goKey, PAGES } from "./pages";
import { useShowShortcuts } from "./shortcuts";

const ShortcutsSheet = late(() => import("./ShortcutsSheet"));

/** The keys that hold on every page: `?` shows all keys, `g` and a letter go to a page. */
export function ShortcutsDialog() {
  const navigate = useNavigate();
  // The sheet stays mounted once it was used, so that it closes with its motion.
  const [sheet, setSheet] = useState<"unused" | "open" | "closed">("unused");
  const goTo = PAGES.map((page) => [`g ${goKey(page)}`, () => void navigate(page.link)] as const);
  useShortcuts({ "?": () => setSheet("open"), ...Object.fromEntries(goTo) });
  useShowShortcuts(() => setSheet("open"));
  if (sheet === "unused") return null;
  return (
    <Suspense>
      <ShortcutsSheet open={sheet === "open"} onClose={() => setSheet("closed")} />
    </Suspense>
  );
}
