import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown } from "lucide-react";
import { actingIn } from "@/api/organization";
import { organizationsQuery } from "@/api/queries/organization";
import { lazyMenu } from "@/components/ui/lazyMenu";
import { initial } from "@/lib/initial";

const OrganizationMenu = lazyMenu(() => import("./OrganizationMenu"));

/** Shows the organization of this tab, with the menu to change it. */
export function OrganizationSwitcher() {
  const organizations = useQuery(organizationsQuery);
  const active = actingIn(organizations.data);
  return (
    <OrganizationMenu
      trigger={
        <button
          type="button"
          aria-label={`Organization: ${active?.name ?? "none"}`}
          className="flex h-10 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover max-md:h-12"
        >
          <span
            className="grid size-6 shrink-0 place-items-center rounded-md bg-accent text-xs font-semibold text-accent-ink"
            aria-hidden="true"
          >
            {initial(active?.name)}
          </span>
          <span className="min-w-0 flex-1 truncate text-base font-semibold">
            {organizations.isPending ? (
              <span className="skeleton block h-4 w-24" />
            ) : (
              (active?.name ?? "No organization")
            )}
          </span>
          <ChevronsUpDown size={14} className="shrink-0 text-ink-3" aria-hidden="true" />
        </button>
      }
    />
  );
}
