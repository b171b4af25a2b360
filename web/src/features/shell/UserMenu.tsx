import { useQuery } from "@tanstack/react-query";
import { membershipQuery } from "@/api/queries/organization";
import { sessionQuery } from "@/api/queries/session";
import { lazyMenu } from "@/components/ui/lazyMenu";
import { roleLabel } from "@/features/organization/rules";
import { initial } from "@/lib/initial";
import { displayName } from "./displayName";

const UserMenuItems = lazyMenu(() => import("./UserMenuItems"));

/** Who is signed in, with the menu of what is theirs. */
export function UserMenu() {
  const user = useQuery(sessionQuery).data?.user;
  const role = useQuery(membershipQuery).data?.role;
  const name = displayName(user);
  return (
    <UserMenuItems
      trigger={
        <button
          type="button"
          aria-label={`Open user menu: ${name}`}
          className="flex h-11 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover"
        >
          <span
            className="grid size-7 shrink-0 place-items-center rounded-full bg-hover text-xs font-semibold text-ink-2"
            aria-hidden="true"
          >
            {initial(name)}
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm font-medium">{name}</span>
            <span className="block truncate text-xs text-ink-3">{role ? roleLabel(role) : " "}</span>
          </span>
        </button>
      }
    />
  );
}
