import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combineMasks, isMaskSet } from "./bitmap.ts";
import { polygonsArea } from "./measure.ts";
import { polygonsOverlap, subtractPolygons, unitePolygons } from "./polygonBooleans.ts";
import { polygonsToMask } from "./raster.ts";
import type { Point, Polygon, Ring } from "./types.ts";

const IMAGE = { width: 32, height: 32 };

function box(x0: number, y0: number, x1: number, y1: number): Polygon {
  const exterior: Point[] = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
  return { exterior, holes: [] };
}

/** Marks the pixels within one of an outline: which of them are covered, rounding decides. */
function markBorder(border: Uint8Array, ring: readonly Point[]): void {
  ring.forEach(([fromX, fromY], i) => {
    const [toX, toY] = ring[(i + 1) % ring.length] as Point;
    for (let t = 0; t <= 64; t++) {
      const x = Math.floor(fromX + ((toX - fromX) * t) / 64);
      const y = Math.floor(fromY + ((toY - fromY) * t) / 64);
      for (let near = Math.max(0, y - 1); near <= Math.min(IMAGE.height - 1, y + 1); near++) {
        border.fill(1, near * IMAGE.width + Math.max(0, x - 1), near * IMAGE.width + Math.min(IMAGE.width, x + 2));
      }
    }
  });
}

function corners(polygons: readonly Polygon[]): string[] {
  return polygons.flatMap(({ exterior, holes }) => [exterior, ...holes].flat().map(String)).sort();
}

describe("booleans of polygons", () => {
  test("a union keeps each corner on its outline, to the hundredth", () => {
    const united = unitePolygons([[box(1.07, 2.29, 20, 20)], [box(10, 10, 30.33, 30)]]);
    expect(united).toHaveLength(1);
    expect(corners(united)).toEqual(
      ["1.07,2.29", "20,2.29", "20,10", "30.33,10", "30.33,30", "10,30", "10,20", "1.07,20"].sort(),
    );
  });

  test("neighbours that share a border become one, others stay two", () => {
    expect(unitePolygons([[box(0, 0, 10, 10)], [box(10, 0, 20, 10)]])).toHaveLength(1);
    expect(unitePolygons([[box(0, 0, 10, 10)], [box(11, 0, 20, 10)]])).toHaveLength(2);
  });

  test("holes stay, and a part in a hole is a part of its own", () => {
    const frame = subtractPolygons([box(0, 0, 40, 40)], [box(10, 10, 30, 30)]);
    expect(frame.map(({ holes }) => holes.length)).toEqual([1]);
    const island = unitePolygons([frame, [box(15, 15, 25, 25)]]);
    expect(island.map(({ holes }) => holes.length)).toEqual([1, 0]);
    expect(polygonsArea(island)).toBe(1600 - 400 + 100);
  });

  test("a shared border is no overlap, a part in a hole is none, and one across is", () => {
    const frame = subtractPolygons([box(0, 0, 40, 40)], [box(10, 10, 30, 30)]);
    const overlaps = [box(40, 0, 50, 40), box(12, 12, 20, 20), box(20, 20, 35, 25)].map((other) =>
      polygonsOverlap(frame, [other]),
    );
    expect(overlaps).toEqual([false, false, true]);
  });

  test("nothing is left of what is covered", () => {
    expect(subtractPolygons([box(5, 5, 10, 10)], [box(0, 0, 20, 20)])).toEqual([]);
  });

  test.each<{ ring: Ring; area: number }>([
    {
      ring: [
        [0, 0],
        [16, 13],
        [0, 13],
        [1, 13],
        [0, 4],
      ],
      area: 99.5,
    },
    {
      ring: [
        [4, 26],
        [4, 0],
        [0, 0],
        [0, 26],
        [5, 26],
      ],
      area: 104,
    },
  ])("keep all of a ring that goes over a level stretch twice: $ring", ({ ring, area }) => {
    expect(polygonsArea(unitePolygons([[{ exterior: ring, holes: [] }]]))).toBeCloseTo(area);
  });

  test("agree with the masks but along the outline", () => {
    const ring = fc.array(fc.tuple(fc.nat(32), fc.nat(32)), { minLength: 3, maxLength: 7 });
    fc.assert(
      fc.property(ring, ring, (first, second) => {
        const [a, b] = [[{ exterior: first, holes: [] }], [{ exterior: second, holes: [] }]];
        const border = new Uint8Array(IMAGE.width * IMAGE.height);
        for (const polygon of [first, second]) markBorder(border, polygon);
        for (const [polygons, operation] of [
          [unitePolygons([a, b]), "unite"],
          [subtractPolygons(a, b), "subtract"],
        ] as const) {
          const expected = combineMasks(polygonsToMask(a, IMAGE), [polygonsToMask(b, IMAGE)], operation);
          const found = polygonsToMask(polygons, IMAGE);
          const wrong: Point[] = [];
          for (let y = 0; y < IMAGE.height; y++) {
            for (let x = 0; x < IMAGE.width; x++) {
              if (border[y * IMAGE.width + x]) continue;
              if (isMaskSet(found, x, y) !== isMaskSet(expected, x, y)) wrong.push([x, y]);
            }
          }
          expect(wrong).toEqual([]);
        }
      }),
      { numRuns: 50 },
    );
  });
});
