/** Figures and times as the pages show them. */

const numbers = new Intl.NumberFormat("en");
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const dates = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

export function formatCount(count: number): string {
  return numbers.format(count);
}

/** 0.7432 → "0.74"; mAP and AP have two decimals everywhere. */
export function formatMap(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value.toFixed(2);
}

/** 0.8314 → "83.1 %". */
export function formatPercent(value: number | null | undefined, decimals = 1): string {
  return value === null || value === undefined ? "–" : `${(value * 100).toFixed(decimals)} %`;
}

/** 45 → "45 s", 580 → "9 min 40 s", 6600 → "1 h 50 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return twoUnits(Math.floor(whole / MINUTE), "min", whole % MINUTE, "s");
  const minutes = Math.round(whole / MINUTE);
  return twoUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/**
 * Time left, coarse enough not to jump: 42 → "under 1 min left", 700 → "12 min left", 7300 → "2 h 2 min left".
 *
 * Of a training that took its time nothing is left: it judges its images, which may take minutes more.
 */
export function formatTimeLeft(seconds: number): string {
  if (seconds <= 0) return "finishing";
  if (seconds < MINUTE) return "under 1 min left";
  if (seconds < HOUR) return `${Math.ceil(seconds / MINUTE)} min left`;
  return `${formatDuration(Math.ceil(seconds / MINUTE) * MINUTE)} left`;
}

/** "3 minutes ago", "yesterday"; older than a week it is the date. */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const age = -seconds;
  if (age < MINUTE) return relative.format(0, "minute").replace("this minute", "just now");
  if (age < HOUR) return relative.format(-Math.floor(age / MINUTE), "minute");
  if (age < DAY) return relative.format(-Math.floor(age / HOUR), "hour");
  if (age < WEEK) return relative.format(-Math.floor(age / DAY), "day");
  return dates.format(Date.parse(iso));
}

export function formatMoment(iso: string): string {
  return moments.format(Date.parse(iso));
}

export function formatDay(iso: string): string {
  return dates.format(Date.parse(iso));
}

/** 1,234,567 bytes → "1.2 MB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
