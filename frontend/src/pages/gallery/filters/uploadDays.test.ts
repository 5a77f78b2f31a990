import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { daysAgo, formatDay, withMoments } from "./uploadDays.ts";

beforeEach(() => {
  vi.stubEnv("TZ", "Asia/Tokyo");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test("a day begins and ends by this browser's clock, and its last moment is part of it", () => {
  expect(withMoments({ label: "fig", uploaded_after: "2026-01-31", uploaded_before: "2026-01-31" })).toEqual({
    label: "fig",
    uploaded_after: "2026-01-30T15:00:00.000Z",
    uploaded_before: "2026-01-31T15:00:00.000Z",
  });
});

test("without days nothing is added", () => {
  expect(withMoments({ q: "a", uploaded_before: "nonsense" })).toEqual({ q: "a" });
});

test("days before today reach back over the turn of a year", () => {
  const now = new Date(2026, 0, 3, 23, 59);
  expect([daysAgo(0, now), daysAgo(6, now)]).toEqual(["2026-01-03", "2025-12-28"]);
});

test("a day is written out", () => {
  expect(formatDay("2026-01-05")).toBe("Jan 5, 2026");
});
