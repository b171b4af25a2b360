import { Button } from "@/components/ui/Button";
import { Combobox } from "@/components/ui/Combobox";
import { Field } from "@/components/ui/Field";
import { localZone } from "@/lib/zone";

interface ZoneFieldProps {
  value: string;
  error?: string | null;
  required?: boolean;
  hint?: string;
  onChange: (zone: string) => void;
}

/** Chooses a time zone by typing a part of its name. */
export function ZoneField({ value, error, required, hint, onChange }: ZoneFieldProps) {
  const here = localZone();
  const zones = [...new Set(["UTC", here, ...Intl.supportedValuesOf("timeZone"), ...(value ? [value] : [])])];
  return (
    <Field label="Time zone" required={required} hint={hint} error={error}>
      {({ "aria-required": _required, ...props }) => (
        <div className="flex gap-2">
          <Combobox
            {...props}
            className="min-w-0 flex-1"
            placeholder="Choose a time zone…"
            searchPlaceholder="Find a city or region…"
            none={required ? undefined : "None"}
            value={value || null}
            options={zones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
            onChange={(zone) => onChange(zone ?? "")}
          />
          {value !== here && (
            <Button onClick={() => onChange(here)}>Use {here.split("/").at(-1)?.replaceAll("_", " ")}</Button>
          )}
        </div>
      )}
    </Field>
  );
}
