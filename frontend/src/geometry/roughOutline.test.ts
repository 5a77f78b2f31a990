import fc from "fast-check";
import { expect, test } from "vitest";
import { combineMasks, type Mask, packMask, unpackMask } from "./bitmap.ts";
import { outlineOf } from "./outline.ts";
import { polygonsToMask } from "./raster.ts";
import { roughOutline } from "./roughOutline.ts";

const IMAGE = { width: 40, height: 40 };

const mask: fc.Arbitrary<Mask> = fc
  .array(fc.constantFrom(0, 0, 1), { minLength: 400, maxLength: 400 })
  .map((pixels) => packMask({ x: 7, y: 9, width: 20, height: 20, data: Uint8Array.from(pixels) }))
  .filter(({ area }) => area > 0);

test("holds all of the mask, and nothing that is a square away from it", () => {
  fc.assert(
    fc.property(mask, fc.integer({ min: 2, max: 6 }), (one, side) => {
      const rough = polygonsToMask(roughOutline(one, side), IMAGE);
      expect(combineMasks(one, [rough], "subtract").area).toBe(0);
      const { data, x: left, y: top, width } = unpackMask(rough);
      const source = unpackMask(one);
      const isFar = data.some(
        (pixel, i) => pixel && !isNear(source, left + (i % width), top + Math.floor(i / width), side),
      );
      expect(isFar).toBe(false);
    }),
  );
});

test("squares of one pixel are the pixels", () => {
  fc.assert(
    fc.property(mask, (one) => {
      expect(roughOutline(one, 1)).toEqual(outlineOf(unpackMask(one)));
    }),
  );
});

function isNear({ x, y, width, height, data }: ReturnType<typeof unpackMask>, atX: number, atY: number, reach: number) {
  for (let row = Math.max(0, atY - y - reach + 1); row < Math.min(height, atY - y + reach); row++) {
    for (let column = Math.max(0, atX - x - reach + 1); column < Math.min(width, atX - x + reach); column++) {
      if (data[row * width + column]) return true;
    }
  }
  return false;
}
