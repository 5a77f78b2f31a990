/** Days of uploading: people mean those of their own clock, the API takes moments. */
import { dayOf, startOfDay } from "../../../components/days.ts";

/** Today, or so many days before. */
export function daysAgo(days: number, now: Date = new Date()): string {
  return dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));
}

/** A query with the first moment of its first day, and the end of its last. */
export function withMoments(query: Readonly<Record<string, string>>): Record<string, string> {
  const { uploaded_after: first, uploaded_before: last, ...rest } = query;
  const from = first === undefined ? null : startOfDay(first);
  const to = last === undefined ? null : startOfDay(last, 1);
  return {
    ...rest,
    ...(from && { uploaded_after: from.toISOString() }),
    ...(to && { uploaded_before: to.toISOString() }),
  };
}

/** The day as people write it. */
export function formatDay(day: string): string {
  const start = startOfDay(day);
  return start === null ? day : new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(start);
}
