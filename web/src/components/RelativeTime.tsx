import { useNow } from "@/lib/now";
import { fullTime, parseTime, relativeTime } from "@/lib/time";

/** How long ago something was; the exact time is in the title. */
export function RelativeTime({ value, className }: { value: string; className?: string }) {
  const now = useNow();
  const time = parseTime(value);
  return (
    <time dateTime={time.toISOString()} title={fullTime(time)} className={className}>
      {relativeTime(time, now)}
    </time>
  );
}
