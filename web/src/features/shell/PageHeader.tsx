import { Menu as MenuIcon } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "@/components/ui/Button";
import { useNavigationDrawer } from "./drawer";
import { LiveIndicator } from "./LiveIndicator";

interface PageHeaderProps {
  /** What is shown above the page's content; contains the page's `h1`. */
  children: ReactNode;
  actions?: ReactNode;
}

/** The bar at the top of every page: where one is, what can be done here, and whether the page is live. */
export function PageHeader({ children, actions }: PageHeaderProps) {
  const drawer = useNavigationDrawer();
  return (
    <header className="@container/header flex h-12 shrink-0 items-center gap-2 border-b border-line bg-canvas px-4 max-md:h-14 max-md:px-2">
      <div className="md:hidden">
        <IconButton label="Open navigation" onClick={drawer.open}>
          <MenuIcon size={18} />
        </IconButton>
      </div>
      <div className="flex min-w-0 flex-1 items-center gap-2">{children}</div>
      <LiveIndicator />
      {actions}
    </header>
  );
}

/** The name of the page. */
export function PageTitle({ children }: { children: ReactNode }) {
  return <h1 className="truncate text-base font-semibold">{children}</h1>;
}
