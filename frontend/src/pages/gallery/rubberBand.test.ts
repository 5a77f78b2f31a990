import { describe, expect, test } from "vitest";
import { GAP_PX, layoutGrid } from "./gridLayout.ts";
import { areSameCells, cellsBetween, edgeSpeed, idsInCells } from "./rubberBand.ts";

// Three columns of 100 px, rows of 75 + 28 px and the gap.
const layout = layoutGrid(3 * 100 + 2 * GAP_PX, 100);
const order = [1, 2, 3, 4, 5, 6, 7, 8];
const ids = (from: [number, number], to: [number, number]) =>
  idsInCells(order, cellsBetween({ x: from[0], y: from[1] }, { x: to[0], y: to[1] }, layout), layout.columns);

describe("a band", () => {
  test("takes what it touches, in the grid's order", () => {
    expect(layout).toMatchObject({ columns: 3, tileWidth: 100, rowHeight: 115 });
    expect(ids([90, 90], [120, 120])).toEqual([1, 2, 4, 5]);
  });

  test("may be drawn from any corner", () => {
    expect(ids([120, 120], [90, 90])).toEqual([1, 2, 4, 5]);
    expect(ids([90, 120], [120, 90])).toEqual([1, 2, 4, 5]);
  });

  test("in a gap takes nothing", () => {
    expect(ids([101, 0], [111, 500])).toEqual([]);
    expect(ids([0, 104], [400, 114])).toEqual([]);
  });

  test("beyond the grid takes what is there", () => {
    expect(ids([-50, -50], [1000, 1000])).toEqual(order);
    expect(ids([-50, -50], [-10, 1000])).toEqual([]);
    expect(ids([220, 240], [900, 900])).toEqual([]);
  });
});

test("cells are the same only where all four ends are", () => {
  const cells = cellsBetween({ x: 0, y: 0 }, { x: 10, y: 10 }, layout);
  expect(areSameCells(cells, { ...cells })).toBe(true);
  expect(areSameCells(cells, { ...cells, lastRow: 9 })).toBe(false);
  expect(areSameCells(null, cells)).toBe(false);
});

test("the grid scrolls at its edges alone, faster further out, and not without end", () => {
  expect(edgeSpeed(300, 100, 500)).toBe(0);
  expect(edgeSpeed(490, 100, 500)).toBeGreaterThan(0);
  expect(edgeSpeed(110, 100, 500)).toBeLessThan(0);
  expect(edgeSpeed(520, 100, 500)).toBeGreaterThan(edgeSpeed(490, 100, 500));
  expect(edgeSpeed(9000, 100, 500)).toBe(80);
});
