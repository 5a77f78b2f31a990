import { expect, test } from "vitest";
import type { Size } from "../geometry/types.ts";
import { type ImageLevel, ImagePyramid, tileBoxes } from "./imagePyramid.ts";

const IMAGE = { width: 8000, height: 6000 };
const SCREEN = { width: 1000, height: 800 };

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

type Drawn = [bitmap: ImageBitmap, ...frame: number[]];

function drawnBy(pyramid: ImagePyramid, view: { scale: number; x: number; y: number }): Drawn[] {
  const drawn: Drawn[] = [];
  const context = { drawImage: (...call: Drawn) => drawn.push(call) };
  pyramid.draw(context as unknown as CanvasRenderingContext2D, view, SCREEN, 0, 1);
  return drawn;
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

test("only the tiles in sight are drawn, each where it belongs", () => {
  const pyramid = new ImagePyramid(IMAGE);
  pyramid.add(levelOf(IMAGE));
  const drawn = drawnBy(pyramid, { scale: 2, x: -4000, y: -4000 });
  // from (2000, 2000) to (2500, 2400): where four tiles meet, at 2048
  expect(drawn.map(([, ...frame]) => frame)).toEqual([
    [2000, 2000, 49, 49, 0, 0, 98, 98],
    [0, 2000, 452, 49, 96, 0, 904, 98],
    [2000, 0, 49, 352, 0, 96, 98, 704],
    [0, 0, 452, 352, 96, 96, 904, 704],
  ]);
});

test("from far the smallest level is drawn that has a pixel for each on the screen", () => {
  const pyramid = new ImagePyramid(IMAGE);
  const [full, half, eighth] = [IMAGE, { width: 4000, height: 3000 }, { width: 1000, height: 750 }].map(levelOf);
  for (const level of [full, half, eighth]) pyramid.add(level as ImageLevel);
  const levelAt = (scale: number) => {
    const [first] = drawnBy(pyramid, { scale, x: 0, y: 0 });
    return [full, half, eighth].find((level) => level?.tiles.some(({ bitmap }) => bitmap === first?.[0]));
  };
  expect([levelAt(0.1), levelAt(0.2), levelAt(0.5), levelAt(0.6), levelAt(8)]).toEqual([
    eighth,
    half,
    half,
    full,
    full,
  ]);
});

test("a stand-in for what the browser cannot read is stretched over the image", () => {
  const pyramid = new ImagePyramid(IMAGE);
  pyramid.add(levelOf({ width: 400, height: 300 }));
  expect(drawnBy(pyramid, { scale: 0.1, x: 10, y: 20 })[0]?.slice(1)).toEqual([0, 0, 400, 300, 10, 20, 800, 600]);
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
  drawnBy(pyramid, { scale: 0.1, x: 0, y: 0 });
  pyramid.add(levelOf(IMAGE));
  pyramid.add(levelOf({ width: 500, height: 375 }));
  expect(told).toBe(0);
  drawnBy(pyramid, { scale: 0.4, x: 0, y: 0 });
  pyramid.add(levelOf({ width: 4000, height: 3000 }));
  expect(told).toBe(1);
});
