import { Field } from "@/components/ui/Field";
import { cx } from "@/lib/cx";
import { readColor, SWATCHES } from "./color";

interface ColorFieldProps {
  value: string;
  error?: string | null;
  onChange: (color: string) => void;
}

/** Chooses the color of a tag: one of a few, from the browser's picker, or by its digits. */
export function ColorField({ value, error, onChange }: ColorFieldProps) {
  const color = readColor(value);
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">Color</legend>
      <div className="mb-2 flex flex-wrap gap-1.5">
        {SWATCHES.map((swatch) => (
          <button
            key={swatch.value}
            type="button"
            aria-label={swatch.name}
            title={swatch.name}
            aria-pressed={color === swatch.value}
            onClick={() => onChange(swatch.value)}
            style={{ backgroundColor: `#${swatch.value}` }}
            className={cx(
              "size-7 rounded-full border border-line max-md:size-9",
              color === swatch.value && "outline-2 outline-offset-2 outline-accent-text",
            )}
          />
        ))}
      </div>
      <Field label="Digits" hint="Six hexadecimal digits." error={error}>
        {(props) => (
          <div className="flex items-center gap-2">
            <input
              type="color"
              aria-label="Pick a color"
              className="h-8 w-10 shrink-0 cursor-pointer rounded-md border border-line bg-surface p-0.5 max-md:h-10"
              value={`#${color ?? "000000"}`}
              onChange={(event) => onChange(event.target.value.slice(1))}
            />
            <input
              {...props}
              className="field font-mono"
              spellCheck={false}
              maxLength={7}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          </div>
        )}
      </Field>
    </fieldset>
  );
}
