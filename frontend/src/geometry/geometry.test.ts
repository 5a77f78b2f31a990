import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Bitmap,
  bitmapArea,
  combineMasks,
  emptyBitmap,
  isBitmapSet,
  isMaskSet,
  masksEqual,
  moveMask,
  packMask,
  unpackMask,
} from "./bitmap.ts";
import { enclosedArea, similarArea } from "./flood.ts";
import { distance, isInPolygon, nearestOnSegment, polygonsArea, signedRingArea } from "./measure.ts";
import { outlineOf } from "./outline.ts";
import { polygonsToMask } from "./raster.ts";
import { countsFromString, countsToString, InvalidRle, maskToRle, rleToMask } from "./rle.ts";
import { simplifyPath, simplifyRing } from "./simplify.ts";
import { growToHold, stampStroke } from "./stamp.ts";
import type { Point, Polygon } from "./types.ts";

/** Rows of "#" and "." as a bitmap at an origin. */
function drawn(rows: string[], x = 0, y = 0): Bitmap {
  const data = Uint8Array.from(rows.join(""), (character) => (character === "#" ? 1 : 0));
  return { x, y, width: rows[0]?.length ?? 0, height: rows.length, data };
}

function rowsOf(bitmap: Bitmap): string[] {
  return Array.from({ length: bitmap.height }, (_, y) =>
    Array.from(bitmap.data.subarray(y * bitmap.width, (y + 1) * bitmap.width), (pixel) => (pixel ? "#" : ".")).join(""),
  );
}

const anyBitmap = fc
  .record({ x: fc.nat(5), y: fc.nat(5), width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
  .chain((frame) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: frame.width * frame.height, maxLength: frame.width * frame.height })
      .map((pixels): Bitmap => ({ ...frame, data: Uint8Array.from(pixels) })),
  );
const IMAGE = { width: 14, height: 14 };

describe("mask", () => {
  test("packs to its content and unpacks to the same pixels", () => {
    fc.assert(
      fc.property(anyBitmap, (bitmap) => {
        const mask = packMask(bitmap);
        const back = unpackMask(mask);
        expect(mask.area).toBe(bitmapArea(bitmap));
        for (let y = 0; y < IMAGE.height; y++) {
          for (let x = 0; x < IMAGE.width; x++) {
            expect(isBitmapSet(back, x, y)).toBe(isBitmapSet(bitmap, x, y));
            expect(isMaskSet(mask, x + 0.5, y + 0.5)).toBe(isBitmapSet(bitmap, x, y));
          }
        }
      }),
    );
  });

  test("moved over the image's edge loses what is outside", () => {
    const mask = packMask(drawn(["##", "##"], 1, 1));
    expect(moveMask(mask, -2, 0, IMAGE)).toMatchObject({ x: 0, y: 1, width: 1, height: 2, area: 2 });
  });

  test("unite and subtract", () => {
    const left = packMask(drawn(["###"], 0, 0));
    const right = packMask(drawn(["###"], 2, 0));
    expect(rowsOf(unpackMask(combineMasks(left, [right], "unite")))).toEqual(["#####"]);
    expect(rowsOf(unpackMask(combineMasks(left, [right], "subtract")))).toEqual(["##"]);
  });
});

describe("COCO RLE", () => {
  test("runs go down the columns of the whole image, background first", () => {
    fc.assert(
      fc.property(anyBitmap, fc.nat(2), fc.nat(2), (bitmap, right, below) => {
        const image = { width: bitmap.x + bitmap.width + right, height: bitmap.y + bitmap.height + below };
        const runs = [0];
        let value = false;
        for (let x = 0; x < image.width; x++) {
          for (let y = 0; y < image.height; y++) {
            if (isBitmapSet(bitmap, x, y) !== value) runs.push(0);
            value = isBitmapSet(bitmap, x, y);
            runs[runs.length - 1] = (runs.at(-1) as number) + 1;
          }
        }
        expect(countsFromString(maskToRle(packMask(bitmap), image).counts)).toEqual(runs);
      }),
    );
  });

  test("counts of an example encoded by pycocotools", () => {
    // mask.encode of a 3 × 4 mask with (row 1, columns 1-2) and (row 2, column 2)
    expect(countsFromString(countsToString([4, 1, 2, 2, 3]))).toEqual([4, 1, 2, 2, 3]);
    expect(maskToRle(packMask(drawn(["##", ".#"], 1, 1)), { width: 4, height: 3 })).toEqual({
      size: [3, 4],
      counts: countsToString([4, 1, 2, 2, 3]),
    });
  });

  test("string of any counts comes back", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(150_000_000)), (counts) => {
        expect(countsFromString(countsToString(counts))).toEqual(counts);
      }),
    );
  });

  test("mask comes back", () => {
    fc.assert(
      fc.property(anyBitmap, (bitmap) => {
        const mask = packMask(bitmap);
        expect(masksEqual(rleToMask(maskToRle(mask, IMAGE)), mask)).toBe(true);
      }),
    );
  });

  test("whole columns and the whole image", () => {
    const whole = { x0: 0, y0: 0, x1: 3, y1: 2 };
    const full = emptyBitmap(whole);
    full.data.fill(1);
    expect(countsFromString(maskToRle(packMask(full), { width: 3, height: 2 }).counts)).toEqual([0, 6]);
    expect(countsFromString(maskToRle(packMask(full), { width: 5, height: 2 }).counts)).toEqual([0, 6, 4]);
  });

  test("malformed counts are refused", () => {
    expect(() => rleToMask({ size: [2, 2], counts: countsToString([1, 2]) })).toThrow(InvalidRle);
    expect(() => countsFromString("o")).toThrow(InvalidRle);
    expect(() => countsFromString("\u0001")).toThrow(InvalidRle);
  });
});

describe("raster", () => {
  test("a polygon may reach the image's far edges", () => {
    const exterior: Point[] = [
      [0, 0],
      [5, 0],
      [5, 3],
      [0, 3],
    ];
    expect(polygonsToMask([{ exterior, holes: [] }], { width: 5, height: 3 }).area).toBe(15);
  });
});

describe("outline", () => {
  test("a part with a hole, and a part that touches it at a corner", () => {
    const outline = outlineOf(drawn(["###.", "#.#.", "###.", "...#"]));
    expect(outline).toHaveLength(2);
    expect(polygonsArea([outline[0] as Polygon])).toBe(8);
    expect(outline[0]?.holes).toHaveLength(1);
    expect(outline[1]?.exterior).toHaveLength(4);
  });

  test("a part inside a hole has its own polygon", () => {
    const outline = outlineOf(drawn(["#####", "#...#", "#.#.#", "#...#", "#####"]));
    expect(outline.map((polygon) => [polygon.exterior.length, polygon.holes.length])).toEqual([
      [4, 1],
      [4, 0],
    ]);
  });

  test("rasterises back to the mask", () => {
    fc.assert(
      fc.property(anyBitmap, (bitmap) => {
        const mask = packMask(bitmap);
        expect(masksEqual(polygonsToMask(outlineOf(bitmap), IMAGE), mask)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("simplify", () => {
  test("drops points on a line, keeps corners", () => {
    const line: Point[] = [
      [0, 0],
      [1, 0.1],
      [2, 0],
      [2, 2],
    ];
    expect(simplifyPath(line, 0.2)).toEqual([
      [0, 0],
      [2, 0],
      [2, 2],
    ]);
  });

  test("a ring keeps three points at any tolerance", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 3, maxLength: 20 }), (ring) => {
        const simple = simplifyRing(ring, 100);
        expect(simple.length).toBeGreaterThanOrEqual(3);
        expect(simple.every((point) => ring.includes(point as [number, number]))).toBe(true);
      }),
    );
  });
});

describe("measure", () => {
  test("area and inside of a ring", () => {
    const square: Point[] = [
      [0, 0],
      [4, 0],
      [4, 4],
      [0, 4],
    ];
    const hole: Point[] = [
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
    ];
    expect(signedRingArea(square)).toBe(16);
    expect(polygonsArea([{ exterior: square, holes: [hole] }])).toBe(15);
    expect(isInPolygon({ exterior: square, holes: [hole] }, [3, 3])).toBe(true);
    expect(isInPolygon({ exterior: square, holes: [hole] }, [1.5, 1.5])).toBe(false);
  });
});

describe("brush", () => {
  const stroke = (from: Point, to: Point, radius: number, shape: "round" | "square") => {
    const bitmap = emptyBitmap({ x0: 0, y0: 0, x1: 7, y1: 5 });
    stampStroke(bitmap, { from, to, radius, shape }, 1);
    return rowsOf(bitmap);
  };

  test("sets the pixels whose middles a round brush passes over, and no others", () => {
    const place = fc.oneof(fc.integer({ min: -30, max: 170 }), fc.double({ min: -30, max: 170, noNaN: true }));
    const point = fc.tuple(place, place).map(([x, y]): Point => [x / 10, y / 10]);
    fc.assert(
      fc.property(point, point, fc.integer({ min: 2, max: 16 }), (from, to, twice) => {
        const bitmap = emptyBitmap({ x0: 1, y0: 2, x1: IMAGE.width, y1: IMAGE.height });
        stampStroke(bitmap, { from, to, radius: twice / 2, shape: "round" }, 1);
        for (let y = 2; y < IMAGE.height; y++) {
          for (let x = 1; x < IMAGE.width; x++) {
            const middle: Point = [x + 0.5, y + 0.5];
            const away = distance(middle, nearestOnSegment(middle, from, to));
            expect(isBitmapSet(bitmap, x, y)).toBe(away <= twice / 2);
          }
        }
      }),
    );
  });

  test("half a pixel sets the pixel under it", () => {
    expect(stroke([2.3, 1.9], [2.3, 1.9], 0.5, "round")).toEqual([
      ".......",
      "..#....",
      ".......",
      ".......",
      ".......",
    ]);
  });

  test("a round stroke is a capsule", () => {
    expect(stroke([2.5, 2.5], [4.5, 2.5], 1.5, "round")).toEqual([
      ".......",
      ".#####.",
      ".#####.",
      ".#####.",
      ".......",
    ]);
  });

  test("a square at the edge stays inside", () => {
    expect(stroke([0, 0], [0, 0], 2, "square")).toEqual(["##.....", "##.....", ".......", ".......", "......."]);
  });

  test("the canvas grows by tiles and keeps its pixels", () => {
    const bitmap = drawn(["#"], 300, 10);
    const grown = growToHold(bitmap, { x0: 200, y0: 5, x1: 301, y1: 9 }, { width: 400, height: 400 });
    expect(grown).toMatchObject({ x: 0, y: 0, width: 400, height: 256 });
    expect(isBitmapSet(grown, 300, 10)).toBe(true);
    expect(bitmapArea(grown)).toBe(1);
  });
});

describe("fill", () => {
  test("takes exactly what is connected by sides", () => {
    const side = 8;
    const frame = { x0: 3, y0: 2, x1: 3 + side, y1: 2 + side };
    const greys = fc.array(fc.constantFrom(0, 10, 200), { minLength: side * side, maxLength: side * side });
    fc.assert(
      fc.property(greys, fc.nat(side - 1), fc.nat(side - 1), (pixels, column, row) => {
        const rgba = Uint8ClampedArray.from(pixels.flatMap((grey) => [grey, grey, grey, 255]));
        const first = pixels[row * side + column] as number;
        const found = new Set([`${column},${row}`]);
        for (const place of found) {
          const [x, y] = place.split(",").map(Number) as [number, number];
          for (const [nextX, nextY] of [
            [x - 1, y],
            [x + 1, y],
            [x, y - 1],
            [x, y + 1],
          ] as const) {
            const isInside = nextX >= 0 && nextY >= 0 && nextX < side && nextY < side;
            const grey = pixels[nextY * side + nextX] as number;
            if (isInside && Math.abs(grey - first) <= 10) found.add(`${nextX},${nextY}`);
          }
        }
        const area = similarArea(rgba, frame, 3 + column, 2 + row, 10);
        const filled = [...(area?.data ?? [])].flatMap((pixel, i) =>
          pixel ? [`${i % side},${Math.floor(i / side)}`] : [],
        );
        expect(filled.sort()).toEqual([...found].sort());
      }),
    );
  });

  test("an area that is shut in, and one that is open", () => {
    const ring = drawn(["####", "#..#", "####"]);
    expect(rowsOf(enclosedArea(ring, 1.5, 1.5) as Bitmap)).toEqual(["....", ".##.", "...."]);
    expect(enclosedArea(drawn(["####", "#...", "####"]), 1.5, 1.5)).toBeNull();
    expect(enclosedArea(ring, 0.5, 0.5)).toBeNull();
  });

  test("pixels of a like colour", () => {
    const grey = [10, 12, 90, 11];
    const rgba = Uint8ClampedArray.from(grey.flatMap((value) => [value, value, value, 255]));
    const area = similarArea(rgba, { x0: 5, y0: 0, x1: 9, y1: 1 }, 5.5, 0.5, 4);
    expect(rowsOf(area as Bitmap)).toEqual(["##.."]);
  });
});
