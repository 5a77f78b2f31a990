import fc from "fast-check";
import { expect, test } from "vitest";
import { combineMasks, maskIou, packMask } from "./bitmap.ts";

/** A bitmap of three columns somewhere near the origin, its pixels as bits. */
const anyMask = fc
  .record({ x: fc.nat(3), y: fc.nat(2), bits: fc.nat(2 ** 12 - 1) })
  .map(({ x, y, bits }) =>
    packMask({ x, y, width: 3, height: 4, data: Uint8Array.from({ length: 12 }, (_, i) => (bits >> i) & 1) }),
  );

test("is what one mask has of the other, to all that either has", () => {
  fc.assert(
    fc.property(anyMask, anyMask, (a, b) => {
      const all = combineMasks(a, [b], "unite").area;
      expect(maskIou(a, b)).toBe(all === 0 ? 1 : (a.area + b.area - all) / all);
    }),
  );
});
