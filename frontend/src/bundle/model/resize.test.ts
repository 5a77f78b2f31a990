import { describe, expect, it } from "vitest";
import { type PixelSource, resizeForModel } from "./resize.ts";

/** A grey picture from rows of numbers. */
function greys(rows: number[][]): PixelSource {
  const width = rows[0]?.length ?? 0;
  const rgba = rows.map((row) => row.flatMap((grey) => [grey, grey, grey, 255]));
  return {
    width,
    height: rows.length,
    rows: (y0, y1) => Uint8ClampedArray.from(rgba.slice(y0, y1).flat()),
  };
}

/** The first channel as rows of whole greys. */
function greyRows(source: PixelSource, imageSize: number): number[][] {
  const { width, height, pixels } = resizeForModel(source, imageSize);
  return Array.from({ length: height }, (_, y) =>
    Array.from(pixels.subarray(y * width, (y + 1) * width), (value) => Math.round(value * 255)),
  );
}

// The expected numbers are cv2.resize's with INTER_AREA and INTER_LINEAR.
describe("resizeForModel", () => {
  it("averages what a pixel covers when it shrinks by a whole number", () => {
    const picture = greys([
      [0, 10, 100, 110],
      [20, 30, 120, 131],
    ]);
    expect(greyRows(picture, 2)).toEqual([[15, 115]]);
  });

  it("counts a pixel on the border for its part in each", () => {
    const picture = greys([
      [0, 90, 240],
      [30, 60, 120],
      [200, 100, 50],
    ]);
    expect(greyRows(picture, 2)).toEqual([
      [33, 160],
      [124, 78],
    ]);
  });

  it("blends neighbours when it enlarges", () => {
    expect(greyRows(greys([[0, 100]]), 4)).toEqual([
      [0, 25, 75, 100],
      [0, 25, 75, 100],
    ]);
  });

  it("leaves a picture of the model's size as it is, read in strips", () => {
    const rows = Array.from({ length: 150 }, (_, y) => [y, 255 - y]);
    expect(greyRows(greys(rows), 150)).toEqual(rows);
  });

  it("keeps a pixel of a very thin picture", () => {
    expect(resizeForModel(greys([Array(100).fill(7)]), 10)).toMatchObject({ width: 10, height: 1 });
  });
});
