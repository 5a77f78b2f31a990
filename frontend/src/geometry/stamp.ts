/** Brush strokes on a bitmap: capsules and squares stamped by pixel middles. */
import { type Bitmap, bitmapBox, cropBitmap } from "./bitmap.ts";
import { growBox, intersectBoxes, isEmptyBox, uniteBoxes } from "./box.ts";
import { distance, nearestOnSegment } from "./measure.ts";
import type { Box, Point, Size } from "./types.ts";

export type BrushShape = "round" | "square";

/** A canvas grows by whole tiles, so that a stroke rarely copies it. */
const TILE = 256;

/** The pixels a brush of this radius touches on its way; half-open and inside the image. */
export function strokeBox(from: Point, to: Point, radius: number, image: Size): Box {
  const frame = { x0: 0, y0: 0, x1: image.width, y1: image.height };
  const around = growBox(
    {
      x0: Math.min(from[0], to[0]),
      y0: Math.min(from[1], to[1]),
      x1: Math.max(from[0], to[0]),
      y1: Math.max(from[1], to[1]),
    },
    Math.max(radius, 0.5),
  );
  const whole = {
    x0: Math.floor(around.x0),
    y0: Math.floor(around.y0),
    x1: Math.ceil(around.x1),
    y1: Math.ceil(around.y1),
  };
  return intersectBoxes(whole, frame);
}

/** The same bitmap, or a copy on more tiles that holds the box. */
export function growToHold(bitmap: Bitmap, box: Box, image: Size): Bitmap {
  const now = bitmapBox(bitmap);
  const both = uniteBoxes(now, box);
  if (isEmptyBox(box) || (both.x0 === now.x0 && both.y0 === now.y0 && both.x1 === now.x1 && both.y1 === now.y1)) {
    return bitmap;
  }
  return cropBitmap(bitmap, {
    x0: Math.floor(both.x0 / TILE) * TILE,
    y0: Math.floor(both.y0 / TILE) * TILE,
    x1: Math.min(image.width, Math.ceil(both.x1 / TILE) * TILE),
    y1: Math.min(image.height, Math.ceil(both.y1 / TILE) * TILE),
  });
}

/** Sets every pixel of the bitmap whose middle the brush passes over; changes the bitmap, returns the box looked at. */
export function stampStroke(
  bitmap: Bitmap,
  stroke: { from: Point; to: Point; radius: number; shape: BrushShape },
  value: 0 | 1,
): Box {
  const { from, to, radius, shape } = stroke;
  const size = { width: bitmap.x + bitmap.width, height: bitmap.y + bitmap.height };
  const box = intersectBoxes(strokeBox(from, to, radius, size), bitmapBox(bitmap));
  const reach = Math.max(radius, 0.5);
  for (let y = box.y0; y < box.y1; y++) {
    let i = (y - bitmap.y) * bitmap.width + box.x0 - bitmap.x;
    for (let x = box.x0; x < box.x1; x++, i++) {
      if (isUnder([x + 0.5, y + 0.5], from, to, reach, shape)) bitmap.data[i] = value;
    }
  }
  return box;
}

/** A brush of half a pixel sets the one pixel under it. */
function isUnder(pixel: Point, from: Point, to: Point, reach: number, shape: BrushShape): boolean {
  if (shape === "round" && reach > 0.5) return distance(pixel, nearestOnSegment(pixel, from, to)) <= reach;
  return sweptSquareHolds(pixel, from, to, reach);
}

/** Whether some square of this half side, centred between `from` and `to`, holds the point. */
function sweptSquareHolds([px, py]: Point, [ax, ay]: Point, [bx, by]: Point, half: number): boolean {
  const [lowX, highX] = spanWithin(ax, bx, px, half);
  const [lowY, highY] = spanWithin(ay, by, py, half);
  return Math.max(lowX, lowY, 0) <= Math.min(highX, highY, 1);
}

/** For which t the value a + t (b - a) lies within `half` of p. */
function spanWithin(a: number, b: number, p: number, half: number): [number, number] {
  const step = b - a;
  if (step === 0) return Math.abs(p - a) <= half ? [0, 1] : [1, 0];
  const first = (p - half - a) / step;
  const second = (p + half - a) / step;
  return first < second ? [first, second] : [second, first];
}
