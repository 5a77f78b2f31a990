import { describe, expect, it } from "vitest";
import { type FloatBox, pasteMask } from "./paste.ts";

const SIDE = 28;
const PICTURE = { width: 8, height: 6 };
const FULL = new Float32Array(SIDE * SIDE).fill(1);

function boxOf(x0: number, y0: number, x1: number, y1: number): FloatBox {
  return { x0, y0, x1, y1 };
}

// The same cases as tests/inference/test_paste.py has for the server.
describe("pasteMask", () => {
  it.each([
    [boxOf(2, 1, 5, 4), { x: 2, y: 1, width: 3, height: 3 }],
    [boxOf(2.4, 1.4, 5.4, 4.4), { x: 2, y: 1, width: 3, height: 3 }],
    [boxOf(2.6, 1.6, 5.6, 4.6), { x: 3, y: 2, width: 3, height: 3 }],
    [boxOf(-3, -3, 99, 99), { x: 0, y: 0, width: 8, height: 6 }],
  ])("holds the pixels whose centres the box covers: %o", (box, expected) => {
    const bitmap = pasteMask(FULL, SIDE, box, PICTURE);
    expect(bitmap).toMatchObject(expected);
    expect(bitmap.data.every((pixel) => pixel === 1)).toBe(true);
  });

  it.each([
    [boxOf(2.6, 1.6, 2.9, 1.9), { x: 3, y: 2, width: 1, height: 1 }],
    [boxOf(7.9, 5.9, 8, 6), { x: 7, y: 5, width: 1, height: 1 }],
    [boxOf(0, 0, 0, 0), { x: 0, y: 0, width: 1, height: 1 }],
  ])("has a pixel that is out for a box between centres: %o", (box, expected) => {
    const bitmap = pasteMask(FULL, SIDE, box, PICTURE);
    expect(bitmap).toMatchObject(expected);
    expect([...bitmap.data]).toEqual([0]);
  });

  it("puts the left half of a mask into the left half of its box", () => {
    const left = FULL.map((_, index) => (index % SIDE < SIDE / 2 ? 1 : 0));
    const bitmap = pasteMask(left, SIDE, boxOf(1, 1, 7, 3), PICTURE);
    expect([...bitmap.data]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
  });
});
