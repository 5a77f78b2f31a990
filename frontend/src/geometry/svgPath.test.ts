import { expect, it } from "vitest";
import { countsToString } from "./rle.ts";
import { rlePath } from "./svgPath.ts";

it("draws a mask's outline, holes too", () => {
  // 3 columns of 3 pixels, all set but the middle one
  const rle = { size: [3, 3] as [number, number], counts: countsToString([0, 4, 1, 4]) };
  const rings = rlePath(rle).split("Z").filter(Boolean);
  expect(rings).toHaveLength(2);
  for (const corner of ["0 0", "3 0", "3 3", "0 3"]) expect(rings[0]).toContain(corner);
  for (const corner of ["1 1", "2 1", "2 2", "1 2"]) expect(rings[1]).toContain(corner);
});

it("draws nothing for an empty mask", () => {
  expect(rlePath({ size: [2, 2], counts: countsToString([4]) })).toBe("");
});
