import { getRouteApi } from "@tanstack/react-router";
import { Search } from "lucide-react";

const route = getRouteApi("/shell/organization");

/** Narrows the list on this page; what is looked for stands in the address. */
export function SearchField({ label }: { label: string }) {
  const { q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="relative w-56 max-md:w-full">
      <Search
        size={14}
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3"
        aria-hidden="true"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={`${label}…`}
        className="field pl-8!"
        value={q}
        onChange={(event) =>
          void navigate({ search: (search) => ({ ...search, q: event.target.value || undefined }), replace: true })
        }
      />
    </div>
  );
}
