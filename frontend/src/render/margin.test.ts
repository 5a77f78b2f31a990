import fc from "fast-check";
import { expect, test } from "vitest";
import { boxWithMargin, covers, isSharp, MARGIN, placed } from "./margin.ts";
import { panned, toScreen, type View, zoomedAt } from "./view.ts";

const SCREEN = { width: 800, height: 600 };
const VIEW: View = { scale: 0.5, x: 40, y: 30 };

test("what was painted for one view lies right at every other", () => {
  const move = fc.tuple(fc.double({ min: 0.6, max: 1.8, noNaN: true }), fc.integer({ min: -90, max: 90 }));
  fc.assert(
    fc.property(move, fc.nat(6000), fc.nat(4000), ([factor, by], x, y) => {
      const { x: left, y: top, scale } = zoomedAt({ ...VIEW, x: VIEW.x + by }, [300, 200], factor);
      const [dx, dy, grown] = numbersIn(placed(VIEW, { x: left, y: top, scale }));
      const [paintedX, paintedY] = toScreen(VIEW, [x, y]);
      const [atX, atY] = toScreen({ x: left, y: top, scale }, [x, y]);
      expect((paintedX + MARGIN) * grown + dx).toBeCloseTo(atX, 6);
      expect((paintedY + MARGIN) * grown + dy).toBeCloseTo(atY, 6);
    }),
  );
});

test("it covers the screen until the margin runs out or too few of its pixels are left", () => {
  const image = { width: 6000, height: 4000 };
  const at = (dx: number) => covers(VIEW, panned(VIEW, dx, 0, image, SCREEN), SCREEN);
  expect([at(MARGIN), at(-MARGIN), at(MARGIN + 1), at(-MARGIN - 1)]).toEqual([true, true, false, false]);
  const zoomed = (factor: number) => covers(VIEW, zoomedAt(VIEW, [400, 300], factor), SCREEN);
  expect([zoomed(1.9), zoomed(2.1), zoomed(0.8), zoomed(0.5)]).toEqual([true, false, true, false]);
});

test("it is sharp near its own zoom", () => {
  expect([1, 1.2, 0.85, 1.4, 0.7].map((factor) => isSharp(VIEW, { ...VIEW, scale: VIEW.scale * factor }))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("its box reaches over the screen by the margin", () => {
  expect(boxWithMargin({ scale: 2, x: 0, y: 0 }, SCREEN)).toEqual({ x0: -100, y0: -100, x1: 500, y1: 400 });
});

function numbersIn(transform: string): [number, number, number] {
  return transform.match(/-?[\d.]+(e-?\d+)?/g)?.map(Number) as [number, number, number];
}
