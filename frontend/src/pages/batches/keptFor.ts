const DAY_MS = 24 * 60 * 60 * 1000;

/** Whole days until a moment; 0 in its last day, and after it. */
export function daysLeft(iso: string, now: number = Date.now()): number {
  return Math.max(0, Math.floor((Date.parse(iso) - now) / DAY_MS));
}
