import { X } from "lucide-react";
import type { Pack } from "@/api/types";
import { SearchField } from "@/components/SearchField";
import { Combobox } from "@/components/ui/Combobox";
import { compareRisks } from "./describe";
import { isFiltered, type MarketplaceSearch } from "./search";

interface Facet {
  value: string;
  count: number;
}

interface SkillFiltersProps {
  search: MarketplaceSearch;
  facets: { categories: Facet[]; risks: Facet[] } | undefined;
  packs: Pack[];
  onChange: (changes: Partial<MarketplaceSearch>) => void;
}

/** What the server calls skills without a label. */
const NO_LABEL = "uncategorized";

/** What the marketplace is narrowed to, with how many skills each choice would leave, and what is on now. */
export function SkillFilters({ search, facets, packs, onChange }: SkillFiltersProps) {
  const pack = packs.find((entry) => entry.id === search.packId);
  const active: { name: string; label: string; off: Partial<MarketplaceSearch> }[] = [
    ...(search.search ? [{ name: "Search", label: search.search, off: { search: undefined } }] : []),
    ...(search.category ? [{ name: "Category", label: named(search.category), off: { category: undefined } }] : []),
    ...(search.risk ? [{ name: "Risk", label: named(search.risk), off: { risk: undefined } }] : []),
    ...(search.packId ? [{ name: "Pack", label: pack?.name ?? "unknown", off: { packId: undefined } }] : []),
  ];
  return (
    <search className="mb-3 space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Search the skills"
          placeholder="Search…"
          value={search.search ?? ""}
          onChange={(text) => onChange({ search: text || undefined })}
          className="w-64 max-md:w-full"
        />
        <Combobox
          label="Category"
          none="All categories"
          value={search.category ?? null}
          options={options(facets?.categories, search.category)}
          onChange={(category) => onChange({ category: category ?? undefined })}
          className="w-44 max-md:min-w-0 max-md:flex-1"
        />
        <Combobox
          label="Risk"
          none="All risks"
          value={search.risk ?? null}
          options={options(facets?.risks, search.risk).sort((a, b) => compareRisks(a.value, b.value))}
          onChange={(risk) => onChange({ risk: risk ?? undefined })}
          className="w-36 max-md:min-w-0 max-md:flex-1"
        />
        <Combobox
          label="Pack"
          none="All packs"
          value={search.packId ?? null}
          options={packs.map((entry) => ({ value: entry.id, label: entry.name, note: `${entry.skill_count} skills` }))}
          onChange={(packId) => onChange({ packId: packId ?? undefined })}
          className="w-44 max-md:w-full"
        />
      </div>
      {isFiltered(search) && (
        <ul aria-label="Active filters" className="flex flex-wrap items-center gap-1.5">
          {active.map((filter) => (
            <li
              key={filter.name}
              className="inline-flex h-6 max-w-full items-center gap-1 rounded-full bg-accent-soft pr-1 pl-2.5 text-xs font-medium text-accent-text max-md:h-8"
            >
              <span className="truncate">
                {filter.name}: {filter.label}
              </span>
              <button
                type="button"
                aria-label={`Remove the filter ${filter.name}: ${filter.label}`}
                onClick={() => onChange(filter.off)}
                className="grid size-4 shrink-0 place-items-center rounded-full hover:bg-surface max-md:size-6"
              >
                <X size={12} />
              </button>
            </li>
          ))}
          <li>
            <button
              type="button"
              onClick={() => onChange({ search: undefined, category: undefined, risk: undefined, packId: undefined })}
              className="rounded px-1.5 text-xs font-medium text-ink-2 hover:text-ink hover:underline max-md:h-8"
            >
              Clear all
            </button>
          </li>
        </ul>
      )}
    </search>
  );
}

function named(value: string): string {
  return value === NO_LABEL ? "None" : value;
}

function options(facets: Facet[] | undefined, chosen: string | undefined) {
  const list = (facets ?? []).map((facet) => ({
    value: facet.value || NO_LABEL,
    label: named(facet.value || NO_LABEL),
    note: `${facet.count} skills`,
  }));
  if (chosen && !list.some((option) => option.value === chosen)) {
    list.push({ value: chosen, label: named(chosen), note: "0 skills" });
  }
  return list;
}
