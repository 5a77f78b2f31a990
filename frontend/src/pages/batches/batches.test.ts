import { expect, test } from "vitest";
import { isKept } from "../predict/predictions.ts";
import { objectsOf } from "./batchObjects.ts";
import { daysLeft } from "./keptFor.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

test.each([
  ["2026-03-31T12:00:00Z", 30],
  ["2026-03-31T11:59:59Z", 30],
  ["2026-03-01T13:00:00Z", 1],
  ["2026-02-01T00:00:00Z", 0],
])("what is deleted at %s is kept for %i days yet", (iso, days) => {
  expect(daysLeft(iso, NOW)).toBe(days);
});

test("a score at the very threshold is kept on the page as it is in the download", () => {
  const score = 0.6196341;
  const [object] = objectsOf([{ label: "fig", score, box_xyxy: [1, 2, 3, 4], rle: { size: [4, 4], counts: "" } }]);
  expect(object).toMatchObject({ label: "fig", score: 62, x0: 1, y0: 2, x1: 3, y1: 4 });
  expect(object && isKept(object, { kind: "model", thresholds: { fig: score } })).toBe(true);
});
