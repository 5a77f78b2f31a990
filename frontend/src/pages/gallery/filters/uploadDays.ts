/** Days of uploading: people mean those of their own clock, the API takes moments. */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
/** A year that is still being typed is an earlier one. */
const FIRST_YEAR = 1970;

/** Whether a text is a whole day, "2026-01-31". */
export function isDay(text: string): boolean {
  const start = startOf(text);
  return start !== null && start.getFullYear() >= FIRST_YEAR && dayOf(start) === text;
}

/** Today, or so many days before. */
export function daysAgo(days: number, now: Date = new Date()): string {
  return dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));
}

/** A query with the first moment of its first day, and the end of its last. */
export function withMoments(query: Readonly<Record<string, string>>): Record<string, string> {
  const { uploaded_after: first, uploaded_before: last, ...rest } = query;
  const from = first === undefined ? null : startOf(first);
  const to = last === undefined ? null : startOf(last, 1);
  return {
    ...rest,
    ...(from && { uploaded_after: from.toISOString() }),
    ...(to && { uploaded_before: to.toISOString() }),
  };
}

/** The day as people write it. */
export function formatDay(day: string): string {
  const start = startOf(day);
  return start === null ? day : new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(start);
}

function startOf(day: string, daysLater = 0): Date | null {
  const parts = DAY.exec(day);
  return parts === null ? null : new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + daysLater);
}

function dayOf(date: Date): string {
  const twoDigits = (figure: number) => String(figure).padStart(2, "0");
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}
