import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronDown, Search, X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { cx } from "@/lib/cx";
import { TRIGGER, TRIGGER_FRAME } from "./comboboxTrigger";
import type { Option } from "./Select";

// So many entries are found faster by typing than by scrolling; drawing more would only cost time.
const SHOWN = 100;

interface SharedProps<T extends string> {
  /** The accessible name; leave out when a `Field` labels the control through `id`. */
  label?: string;
  id?: string;
  options: readonly Option<T>[];
  /** Shown while nothing is chosen. */
  placeholder?: string;
  /** What the field to type in says. */
  searchPlaceholder?: string;
  /** Shown when nothing has what was typed. */
  empty?: ReactNode;
  /** The server does the search: called with what is typed, `options` are its answer. */
  onSearch?: (text: string) => void;
  disabled?: boolean;
  /** Without a frame, for rows of properties. */
  quiet?: boolean;
  className?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

export interface ComboboxProps<T extends string> extends SharedProps<T> {
  value: T | null;
  onChange: (value: T | null) => void;
  /** The name of a first entry that stands for nothing, such as "Nobody"; without it a choice cannot be taken back. */
  none?: string;
  /** Open from the beginning, for one that is drawn because somebody wants to choose. */
  defaultOpen?: boolean;
}

/** A choice of one among many: a list that is searched by typing. `Select` is for few. */
export function Combobox<T extends string>({ value, onChange, none, defaultOpen, ...rest }: ComboboxProps<T>) {
  const chosen = rest.options.find((option) => option.value === value) ?? null;
  const nobody: Option<T> | null = none === undefined ? null : { value: "" as T, label: none };
  const items: readonly Option<T>[] = nobody ? [nobody, ...rest.options] : rest.options;
  return (
    <Base.Root<Option<T>>
      items={items}
      value={chosen ?? nobody}
      onValueChange={(option) => option && onChange(option.value === "" ? null : option.value)}
      isItemEqualToValue={sameOption}
      disabled={rest.disabled}
      limit={SHOWN}
      defaultOpen={defaultOpen}
      autoHighlight
      {...searchedByServer(rest.onSearch)}
    >
      <Trigger {...rest} text={chosen?.label ?? none ?? value}>
        {chosen?.icon}
        <span className={cx("min-w-0 flex-1 truncate", !chosen && "text-ink-3")}>
          {chosen?.label ?? none ?? value ?? rest.placeholder ?? "Choose…"}
        </span>
      </Trigger>
      <Popup {...rest} />
    </Base.Root>
  );
}

interface MultiComboboxProps<T extends string> extends SharedProps<T> {
  values: readonly T[];
  onChange: (values: T[]) => void;
}

/** A choice of any number among many. What is chosen stands below as chips that can be taken away one by one. */
export function MultiCombobox<T extends string>({ values, onChange, ...rest }: MultiComboboxProps<T>) {
  const chosen = values.map(
    (value) => rest.options.find((option) => option.value === value) ?? { value, label: value },
  );
  return (
    <div className={cx("space-y-1.5", rest.className)}>
      <Base.Root
        multiple
        items={rest.options}
        value={chosen}
        onValueChange={(options: Option<T>[]) => onChange(options.map((option) => option.value))}
        isItemEqualToValue={sameOption}
        disabled={rest.disabled}
        limit={SHOWN}
        {...searchedByServer(rest.onSearch)}
      >
        <Trigger {...rest} className="w-full" text={chosen.map((option) => option.label).join(", ")}>
          <span className={cx("min-w-0 flex-1 truncate", chosen.length === 0 && "text-ink-3")}>
            {chosen.length === 0 ? (rest.placeholder ?? "Choose…") : `${chosen.length} selected`}
          </span>
        </Trigger>
        <Popup {...rest} />
      </Base.Root>
      {chosen.length > 0 && (
        <ul aria-label={`Chosen${rest.label ? `: ${rest.label}` : ""}`} className="flex flex-wrap gap-1">
          {chosen.map((option) => (
            <li
              key={option.value}
              className="inline-flex h-6 max-w-full items-center gap-1 rounded-full bg-hover pr-1 pl-2 text-xs font-medium max-md:h-8"
            >
              {option.icon}
              <span className="truncate">{option.label}</span>
              {!rest.disabled && (
                <button
                  type="button"
                  aria-label={`Remove ${option.label}`}
                  onClick={() => onChange(values.filter((value) => value !== option.value))}
                  className="grid size-4 shrink-0 place-items-center rounded-full text-ink-3 hover:bg-surface hover:text-ink max-md:size-6"
                >
                  <X size={12} />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function sameOption<T extends string>(a: Option<T>, b: Option<T>): boolean {
  return a.value === b.value;
}

function searchedByServer(onSearch: ((text: string) => void) | undefined) {
  return onSearch ? { filter: null, onInputValueChange: onSearch } : {};
}

interface TriggerProps extends Pick<SharedProps<string>, "label" | "id" | "quiet" | "className"> {
  /** What is chosen, in words; part of the accessible name. */
  text: string | null;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
  children: ReactNode;
}

function Trigger({ label, id, quiet, className, text, children, ...rest }: TriggerProps) {
  return (
    <Base.Trigger
      id={id}
      aria-label={label ? `${label}: ${text || "nothing chosen"}` : undefined}
      aria-describedby={rest["aria-describedby"]}
      aria-invalid={rest["aria-invalid"]}
      className={cx(
        TRIGGER,
        quiet
          ? "min-h-7 px-1.5 py-0.5 hover:bg-hover data-disabled:hover:bg-transparent max-md:min-h-9"
          : TRIGGER_FRAME,
        className,
      )}
    >
      {children}
      {!quiet && <ChevronDown size={14} className="shrink-0 text-ink-3" aria-hidden="true" />}
    </Base.Trigger>
  );
}

function Popup<T extends string>({
  options,
  label,
  searchPlaceholder = "Search…",
  empty = "Nothing has this in its name.",
}: SharedProps<T>) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <Base.Portal>
      <Base.Positioner className="z-50 outline-none" sideOffset={6}>
        <Base.Popup
          initialFocus={field}
          aria-label={label ?? "Choices"}
          className="popup flex max-h-[min(22rem,var(--available-height))] w-max max-w-[min(24rem,var(--available-width))] min-w-[max(var(--anchor-width),14rem)] flex-col"
        >
          <div className="relative border-b border-line">
            <Search size={14} className="absolute top-1/2 left-3 -translate-y-1/2 text-ink-3" aria-hidden="true" />
            <Base.Input
              ref={field}
              aria-label={label ? `Search: ${label}` : "Search"}
              placeholder={searchPlaceholder}
              className="h-9 w-full bg-transparent pr-3 pl-8.5 text-sm outline-none max-md:h-11 max-md:text-lg"
            />
          </div>
          <Base.Empty className="px-3 py-3 text-sm text-ink-3 empty:hidden">{empty}</Base.Empty>
          <Base.List className="min-h-0 overflow-y-auto p-1 empty:hidden">
            {(option: Option<T>) => (
              <Base.Item
                key={option.value}
                value={option}
                disabled={option.disabled}
                className="menu-item max-md:py-2.5"
              >
                {option.icon}
                <span className="min-w-0 flex-1">
                  <span className="block truncate">{option.label}</span>
                  {option.note && <span className="block text-xs whitespace-normal text-ink-3">{option.note}</span>}
                </span>
                <Base.ItemIndicator>
                  <Check size={14} className="text-accent-text" />
                </Base.ItemIndicator>
              </Base.Item>
            )}
          </Base.List>
          {options.length > SHOWN && (
            <p className="border-t border-line px-3 py-1.5 text-xs text-ink-3">
              {options.length} in all; type to find the others.
            </p>
          )}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}
