import { Monitor, Moon, Sun } from "lucide-react";
import { cx } from "@/lib/cx";
import { setTheme, useTheme } from "@/lib/theme";

const THEMES = [
  { value: "light", label: "Light", Icon: Sun },
  { value: "dark", label: "Dark", Icon: Moon },
  { value: "system", label: "Same as system", Icon: Monitor },
] as const;

/** Chooses light or dark for this browser. */
export function ThemeChoice() {
  const theme = useTheme();
  return (
    <section aria-labelledby="appearance">
      <h2 id="appearance" className="text-base font-semibold">
        Appearance
      </h2>
      <p className="mb-3 text-ink-2">For this browser only.</p>
      <fieldset aria-label="Theme" className="grid grid-cols-3 gap-3">
        {THEMES.map(({ value, label, Icon }) => (
          <button
            key={value}
            type="button"
            aria-pressed={theme === value}
            onClick={() => setTheme(value)}
            className={cx(
              "flex flex-col items-center gap-2 rounded-lg border p-4",
              theme === value ? "border-accent bg-accent-soft" : "border-line bg-surface hover:bg-hover",
            )}
          >
            <Icon size={18} aria-hidden="true" />
            {label}
          </button>
        ))}
      </fieldset>
    </section>
  );
}
