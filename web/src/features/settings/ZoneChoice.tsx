import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/api/queries/session";
import { cx } from "@/lib/cx";
import { useNow } from "@/lib/now";
import { fullTime } from "@/lib/time";
import { localZone, setZoneChoice, useDisplayZone, useZoneChoice } from "@/lib/zone";

/** Chooses for this browser whose clock times are shown in. */
export function ZoneChoice() {
  const choice = useZoneChoice();
  const shown = useDisplayZone();
  const now = useNow();
  const profile = useQuery(sessionQuery).data?.user.timezone;
  const options = [
    { value: "profile", label: "Your profile’s", note: profile ?? "none is set, so this computer’s" },
    { value: "local", label: "This computer’s", note: localZone() },
    { value: "utc", label: "UTC", note: "as logs have it" },
  ] as const;
  return (
    <section aria-labelledby="times">
      <h2 id="times" className="text-base font-semibold">
        Times
      </h2>
      <p className="mb-3 text-ink-2">
        For this browser only. Now it is {fullTime(now)} ({shown}).
      </p>
      <fieldset aria-label="Time zone of what is shown" className="grid grid-cols-3 gap-3 max-md:grid-cols-1">
        {options.map(({ value, label, note }) => (
          <button
            key={value}
            type="button"
            aria-pressed={choice === value}
            onClick={() => setZoneChoice(value)}
            className={cx(
              "rounded-lg border px-3 py-2.5 text-left",
              choice === value ? "border-accent bg-accent-soft" : "border-line bg-surface hover:bg-hover",
            )}
          >
            <span className="block font-medium">{label}</span>
            <span className="block text-xs text-ink-2">{note}</span>
          </button>
        ))}
      </fieldset>
    </section>
  );
}
