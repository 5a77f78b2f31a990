const DAY_MS = 24 * 60 * 60 * 1000;

/** Days until a moment, those begun too; 0 after it. */
export function daysLeft(iso: string, now: number = Date.now()): number {
  return Math.max(0, Math.ceil((Date.parse(iso) - now) / DAY_MS));
}
