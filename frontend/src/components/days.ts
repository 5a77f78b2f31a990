/** Days of the browser's own clock, as its date fields and the addresses of pages write them: "2026-01-31". */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
/** A year that is still being typed is an earlier one. */
const FIRST_YEAR = 1970;

/** Whether a text is a whole day. */
export function isDay(text: string): boolean {
  const start = startOfDay(text);
  return start !== null && start.getFullYear() >= FIRST_YEAR && dayOf(start) === text;
}

/** The first moment of a day, or of one so many days later; null for what is no day. */
export function startOfDay(day: string, daysLater = 0): Date | null {
  const parts = DAY.exec(day);
  return parts === null ? null : new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + daysLater);
}

export function dayOf(date: Date): string {
  const twoDigits = (figure: number) => String(figure).padStart(2, "0");
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}
