import { describe, expect, test } from "vitest";
import { GAP_PX, layoutGrid, MIN_TILE_PX, stepFrom } from "./gridLayout.ts";

describe("layoutGrid", () => {
  test.each([320, 700, 1168, 2400])("fills a width of %i exactly", (width) => {
    const { columns, tileWidth } = layoutGrid(width, 272);
    expect(columns * tileWidth + (columns - 1) * GAP_PX).toBeCloseTo(width);
  });

  test("four columns beside the left column of a 1440 px screen", () => {
    expect(layoutGrid(1168, 272).columns).toBe(4);
  });

  test("two columns on a phone, whatever size is chosen", () => {
    expect(layoutGrid(358, 272).columns).toBe(2);
    expect(layoutGrid(358, MIN_TILE_PX).columns).toBe(2);
  });

  test("one column where not even one tile fits", () => {
    expect(layoutGrid(600, 5000).columns).toBe(1);
  });
});

describe("stepFrom", () => {
  // 10 images in 4 columns: 0-3, 4-7, 8-9.
  const step = (index: number, to: Parameters<typeof stepFrom>[1]) => stepFrom(index, to, 4, 10, 2);

  test("goes on to the next row at the end of one", () => {
    expect(step(3, "right")).toBe(4);
    expect(step(4, "left")).toBe(3);
  });

  test("stays where there is nothing", () => {
    expect(step(0, "left")).toBe(0);
    expect(step(9, "right")).toBe(9);
    expect(step(2, "up")).toBe(2);
    expect(step(7, "down")).toBe(7);
  });

  test("goes by screens, and stops at the ends", () => {
    expect(step(1, "pagedown")).toBe(9);
    expect(step(9, "pageup")).toBe(1);
    expect(step(5, "pageup")).toBe(1);
  });

  test("home and end", () => {
    expect(step(5, "home")).toBe(0);
    expect(step(5, "end")).toBe(9);
  });
});
