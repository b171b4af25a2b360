import { parseTime } from "@/lib/time";

/** How long the time of one point is. */
export type Bucket = "hour" | "day" | "week" | "month";

/** The time of a point for an axis: as short as it can be. Buckets longer than an hour begin in UTC and are named so. */
export function shortBucket(period: string, bucket: Bucket): string {
  const time = parseTime(period);
  if (bucket === "hour") return time.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (bucket === "month")
    return time.toLocaleDateString(undefined, { month: "short", year: "2-digit", timeZone: "UTC" });
  return time.toLocaleDateString(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
}

/** The time of a point in full, for a read-out. */
export function fullBucket(period: string, bucket: Bucket): string {
  const time = parseTime(period);
  switch (bucket) {
    case "hour":
      return time.toLocaleString(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
    case "day":
      return time.toLocaleDateString(undefined, { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" });
    case "week":
      return `Week of ${time.toLocaleDateString(undefined, { month: "short", day: "numeric", timeZone: "UTC" })}`;
    case "month":
      return time.toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
  }
}
