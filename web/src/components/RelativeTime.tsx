import { useNow } from "@/lib/now";
import { dueTime, fullTime, parseTime, relativeTime } from "@/lib/time";

interface TimeProps {
  /** A time as the server writes it. */
  value: string;
  className?: string;
}

/** How long ago something was; the exact time is in the title. */
export function RelativeTime(props: TimeProps) {
  return <Time {...props} words={relativeTime} />;
}

/** When something is to happen; "now" once its time has come. The exact time is in the title. */
export function DueTime(props: TimeProps) {
  return <Time {...props} words={dueTime} />;
}

function Time({ value, className, words }: TimeProps & { words: (time: Date, now: Date) => string }) {
  const now = useNow();
  const time = parseTime(value);
  return (
    <time dateTime={time.toISOString()} title={fullTime(time)} className={className}>
      {words(time, now)}
    </time>
  );
}
