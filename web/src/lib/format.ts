// In the reader's language; made once, because making one costs more than using it.
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A whole number with its thousands apart: "12,345". */
export function formatCount(value: number): string {
  return whole.format(value);
}

/** A number in few characters: "12.3K". */
export function formatShort(value: number): string {
  return short.format(value);
}

/** Percents with at most one decimal: "4.2%". */
export function formatPercent(value: number): string {
  return `${percents.format(value)}%`;
}

/** A span of time in its two greatest units: "45s", "12m", "3h 20m", "2d 4h". */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total}s`;
  const minutes = Math.round(total / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours}h ${minutes % 60}m` : `${hours}h`;
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${days}d ${hours % 24}h` : `${days}d`;
}

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** A size in bytes, in steps of 1,000: "1.2 MB". */
export function formatBytes(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${percents.format(bytes / 1000 ** step)} ${UNITS[step]}`;
}
