import { expect, test } from "vitest";
import type { Size } from "../geometry/types.ts";
import { type ImageLevel, ImagePyramid, tileBoxes, tilesIn } from "./imagePyramid.ts";

const IMAGE = { width: 8000, height: 6000 };

/** The browser's pictures and canvas, as far as a pyramid asks of them. */
function bitmapOf(width: number, height: number) {
  return {
    width,
    height,
    isClosed: false,
    close() {
      this.isClosed = true;
    },
  };
}

function levelOf(size: Size): ImageLevel {
  const tiles = tileBoxes(size).map(({ x0, y0, x1, y1 }) => ({
    x: x0,
    y: y0,
    bitmap: bitmapOf(x1 - x0, y1 - y0) as unknown as ImageBitmap,
  }));
  return { ...size, tiles };
}

test("no tile of an image of any size is larger than graphics cards take, and none is missing a pixel", () => {
  for (const size of [
    IMAGE,
    { width: 12000, height: 9000 },
    { width: 2048, height: 2049 },
    { width: 3, height: 4100 },
  ]) {
    const boxes = tileBoxes(size);
    expect(Math.max(...boxes.map(({ x0, y0, x1, y1 }) => Math.max(x1 - x0, y1 - y0)))).toBeLessThanOrEqual(2049);
    const [columns, rows] = [new Set(boxes.map(({ x0 }) => x0)), new Set(boxes.map(({ y0 }) => y0))];
    // each without the pixel that it shares with the next
    const own = boxes.map(({ x0, y0, x1, y1 }) => [
      x1 - x0 - Number(x1 - 1 > x0 && columns.has(x1 - 1)),
      y1 - y0 - Number(y1 - 1 > y0 && rows.has(y1 - 1)),
    ]);
    expect(own.reduce((sum, [width = 0, height = 0]) => sum + width * height, 0)).toBe(size.width * size.height);
  }
});

test("only the tiles that touch a box are found, each where it belongs", () => {
  const pyramid = new ImagePyramid(IMAGE);
  pyramid.add(levelOf(IMAGE));
  const level = pyramid.levelFor(2);
  // where four tiles meet, at 2048
  expect(level && tilesIn(level, { x0: 2000, y0: 2000, x1: 2500, y1: 2400 }).map(({ box }) => box)).toEqual([
    { x0: 0, y0: 0, x1: 2049, y1: 2049 },
    { x0: 2048, y0: 0, x1: 4097, y1: 2049 },
    { x0: 0, y0: 2048, x1: 2049, y1: 4097 },
    { x0: 2048, y0: 2048, x1: 4097, y1: 4097 },
  ]);
});

test("from far the smallest level is shown that has a pixel for each on the screen", () => {
  const pyramid = new ImagePyramid(IMAGE);
  for (const width of [8000, 4000, 1000]) pyramid.add(levelOf({ width, height: width * 0.75 }));
  const widths = [0.1, 0.2, 0.5, 0.6, 8].map((scale) => pyramid.levelFor(scale)?.width);
  expect(widths).toEqual([1000, 4000, 4000, 8000, 8000]);
});

test("of an image that is a pixel wide the level suits the zoom, too", () => {
  const pyramid = new ImagePyramid({ width: 1, height: 5000 });
  for (const height of [1250, 5000, 2500, 625]) pyramid.add(levelOf({ width: 1, height }));
  expect([0.1, 0.2, 0.5, 1, 64].map((scale) => pyramid.levelFor(scale)?.height)).toEqual([625, 1250, 2500, 5000, 5000]);
});

test("of a stand-in for what the browser cannot read no pixels are read", () => {
  const pyramid = new ImagePyramid(IMAGE);
  pyramid.add(levelOf({ width: 400, height: 300 }));
  expect(pyramid.levelFor(0.1)?.width).toBe(400);
  expect(pyramid.read(100, 100, 50)).toBeNull();
});

test("what is closed keeps nothing, nor what comes after", () => {
  const pyramid = new ImagePyramid(IMAGE);
  const [first, late] = [levelOf(IMAGE), levelOf({ width: 4000, height: 3000 })];
  pyramid.add(first);
  pyramid.close();
  pyramid.add(late);
  const bitmaps = [...first.tiles, ...late.tiles].map(({ bitmap }) => bitmap as unknown as { isClosed: boolean });
  expect(bitmaps.every(({ isClosed }) => isClosed)).toBe(true);
});

test("a level that suits what is on the screen better is told of, another is not", () => {
  const pyramid = new ImagePyramid(IMAGE);
  let told = 0;
  pyramid.onBetterLevel = () => told++;
  pyramid.add(levelOf({ width: 1000, height: 750 }));
  pyramid.levelFor(0.1);
  pyramid.add(levelOf(IMAGE));
  pyramid.add(levelOf({ width: 500, height: 375 }));
  expect(told).toBe(0);
  pyramid.levelFor(0.4);
  pyramid.add(levelOf({ width: 4000, height: 3000 }));
  expect(told).toBe(1);
});
