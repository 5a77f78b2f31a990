import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatDuration, formatMap, formatPercent, formatTimeLeft } from "./format.ts";

test.each([
  [45, "45 s"],
  [59.6, "1 min"],
  [580, "9 min 40 s"],
  [600, "10 min"],
  [6600, "1 h 50 min"],
  [7199, "2 h"],
  [-3, "0 s"],
])("formatDuration(%d) is %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "finishing"],
  [42, "under 1 min left"],
  [61, "2 min left"],
  [700, "12 min left"],
  [7300, "2 h 2 min left"],
])("formatTimeLeft(%d) is %s", (seconds, text) => {
  expect(formatTimeLeft(seconds)).toBe(text);
});

test("figures that are not defined are a dash", () => {
  expect(formatMap(null)).toBe("–");
  expect(formatPercent(undefined)).toBe("–");
  expect(formatMap(0.7)).toBe("0.70");
  expect(formatPercent(0.8314)).toBe("83.1 %");
});

test.each([
  [5_000, "just now"],
  [3 * 60_000, "3 minutes ago"],
  [26 * 3_600_000, "yesterday"],
])("formatAgo of %d ms is %s", (age, text) => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  expect(formatAgo(new Date(now - age).toISOString(), now)).toBe(text);
});

test.each([
  [999, "999 B"],
  [1_234_567, "1.2 MB"],
])("formatBytes(%d) is %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
