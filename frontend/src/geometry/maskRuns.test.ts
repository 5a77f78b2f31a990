import fc from "fast-check";
import { expect, test } from "vitest";
import { clipMask, combineMasks, cropBitmap, maskIou, packMask, unpackMask } from "./bitmap.ts";

/** A bitmap of three columns somewhere near the origin, its pixels as bits. */
const anyMask = fc
  .record({ x: fc.integer({ min: -2, max: 3 }), y: fc.integer({ min: -3, max: 2 }), bits: fc.nat(2 ** 12 - 1) })
  .map(({ x, y, bits }) =>
    packMask({ x, y, width: 3, height: 4, data: Uint8Array.from({ length: 12 }, (_, i) => (bits >> i) & 1) }),
  );

test("the IoU is what one mask has of the other, to all that either has", () => {
  fc.assert(
    fc.property(anyMask, anyMask, (a, b) => {
      const all = combineMasks(a, [b], "unite").area;
      expect(maskIou(a, b)).toBe(all === 0 ? 1 : (a.area + b.area - all) / all);
    }),
  );
});

test("clipped to an image it has the pixels on it, packed as if they were all there are", () => {
  fc.assert(
    fc.property(anyMask, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (mask, width, height) => {
      const left = packMask(cropBitmap(unpackMask(mask), { x0: 0, y0: 0, x1: width, y1: height }));
      expect(clipMask(mask, { width, height })).toEqual(left);
    }),
  );
});
