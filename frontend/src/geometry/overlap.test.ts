import { expect, test } from "vitest";
import { overlapOf } from "./overlap.ts";
import type { Point, Polygon } from "./types.ts";

function box(x0: number, y0: number, x1: number, y1: number, holes: Point[][] = []): Polygon {
  const exterior: Point[] = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
  return { exterior, holes };
}

test("overlap is shared area to all area, of small shapes and of large ones", () => {
  for (const scale of [0.1, 1, 4000]) {
    const of = (...corners: [number, number, number, number]) =>
      box(...(corners.map((value) => value * scale) as [number, number, number, number]));
    expect(overlapOf([of(0, 0, 2, 2)], [of(0, 0, 2, 2)])).toBe(1);
    expect(overlapOf([of(0, 0, 2, 2)], [of(1, 0, 3, 2)])).toBeCloseTo(1 / 3, 2);
    expect(overlapOf([of(0, 0, 2, 2)], [of(5, 5, 6, 6)])).toBe(0);
  }
});

test("a hole counts as not covered", () => {
  const hole = box(5, 5, 15, 15).exterior as Point[];
  expect(overlapOf([box(0, 0, 20, 20)], [box(0, 0, 20, 20, [hole])])).toBeCloseTo(0.75, 2);
});
