import { expect, test } from "vitest";
import type { Shape } from "../editor/instance.ts";
import { OutlineCache } from "./outlineCache.ts";

/** A mask of one pixel: an outline of four points. */
const dot = (x: number): Shape => ({
  kind: "mask",
  mask: { x, y: 0, width: 1, height: 1, ends: Uint32Array.of(0, 1), area: 1 },
});

test("outlines are made once, and the ones used longest ago go first", () => {
  const cache = new OutlineCache(8);
  const [first, second, third] = [dot(1), dot(2), dot(3)];
  const outlines = [first, second].map((shape) => cache.get(shape));
  expect(cache.get(first)).toBe(outlines[0]);

  cache.get(third);
  expect(cache.points).toBe(8);
  expect(cache.get(first)).toBe(outlines[0]);
  const again = cache.get(second);
  expect(again).not.toBe(outlines[1]);
  expect(again).toEqual(outlines[1]);
});

test("a thousand strokes of a growing mask keep no more points than the limit", () => {
  const cache = new OutlineCache(40);
  for (let x = 0; x < 1000; x++) cache.get(dot(x));
  expect(cache.points).toBe(40);
});

test("polygons are their own outline and take nothing", () => {
  const cache = new OutlineCache(8);
  const polygons = [{ exterior: [[0, 0] as const, [4, 0] as const, [0, 4] as const], holes: [] }];
  expect(cache.get({ kind: "polygons", polygons })).toBe(polygons);
  expect(cache.points).toBe(0);
});
