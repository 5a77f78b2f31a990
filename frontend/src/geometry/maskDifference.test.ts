import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bitmap, EMPTY_MASK, emptyBitmap, type Mask, packMask } from "./bitmap.ts";
import { maskDifference, maskFrame, otherMask } from "./maskDifference.ts";

const mask: fc.Arbitrary<Mask> = fc
  .record({ x: fc.nat(12), y: fc.nat(12), width: fc.nat(9), height: fc.nat(9) })
  .chain((frame) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: frame.width * frame.height, maxLength: frame.width * frame.height })
      .map((pixels): Bitmap => ({ ...frame, data: Uint8Array.from(pixels) })),
  )
  .map(packMask);

test("laid over either mask, the difference gives the other, run for run", () => {
  fc.assert(
    fc.property(mask, mask, (a, b) => {
      const difference = maskDifference(a, b);
      expect(otherMask(a, difference, maskFrame(b))).toEqual(b);
      expect(otherMask(b, difference, maskFrame(a))).toEqual(a);
    }),
    { numRuns: 500 },
  );
});

test("rows that are full join into one run, and part again", () => {
  const full: Mask = { x: 3, y: 2, width: 2, height: 3, ends: Uint32Array.of(0, 6), area: 6 };
  const row: Mask = { x: 0, y: 3, width: 8, height: 1, ends: Uint32Array.of(0, 8), area: 8 };
  const difference = maskDifference(full, row);
  expect(otherMask(full, difference, maskFrame(row))).toEqual(row);
  expect(otherMask(row, difference, maskFrame(full))).toEqual(full);
});

test("a mask that nothing is left of comes back", () => {
  const dot: Mask = { x: 5, y: 5, width: 1, height: 1, ends: Uint32Array.of(0, 1), area: 1 };
  const difference = maskDifference(dot, EMPTY_MASK);
  expect(otherMask(dot, difference, maskFrame(EMPTY_MASK))).toEqual(EMPTY_MASK);
  expect(otherMask(EMPTY_MASK, difference, maskFrame(dot))).toEqual(dot);
});

test("one dab on a mask of twenty thousand runs takes a few bytes", () => {
  const bitmap = emptyBitmap({ x0: 0, y0: 0, x1: 400, y1: 400 });
  for (let i = 0; i < bitmap.data.length; i += 8) bitmap.data.fill(1, i, i + 4);
  const before = packMask(bitmap);
  bitmap.data.fill(1, 80_000, 80_040);
  const after = packMask(bitmap);
  expect(before.ends.length).toBeGreaterThan(20_000);
  expect(maskDifference(before, after).places.length).toBeLessThan(16);
});
