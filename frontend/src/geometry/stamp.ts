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

interface Stroke {
  readonly from: Point;
  readonly to: Point;
  readonly radius: number;
  readonly shape: BrushShape;
}

/** Sets every pixel of the bitmap whose middle the brush passes over; changes the bitmap, returns the box looked at. */
export function stampStroke(bitmap: Bitmap, stroke: Stroke, value: 0 | 1): Box {
  const { from, to, radius, shape } = stroke;
  const size = { width: bitmap.x + bitmap.width, height: bitmap.y + bitmap.height };
  const box = intersectBoxes(strokeBox(from, to, radius, size), bitmapBox(bitmap));
  const reach = Math.max(radius, 0.5);
  const swept = { from, to, radius: reach, shape: sweptShape(shape, reach) };
  for (let y = box.y0; y < box.y1; y++) {
    // a stroke has no dents, so a row of it is one span; its ends are tried pixel by pixel, what is between them is not
    const [low, high] = rowSpan(swept, y + 0.5);
    let x0 = Math.max(box.x0, Math.floor(low - 0.5 - ROUNDING));
    let x1 = Math.min(box.x1, Math.ceil(high + 0.5 + ROUNDING));
    while (x0 < x1 && !isUnder([x0 + 0.5, y + 0.5], swept)) x0++;
    while (x1 > x0 && !isUnder([x1 - 0.5, y + 0.5], swept)) x1--;
    const row = (y - bitmap.y) * bitmap.width - bitmap.x;
    if (x0 < x1) bitmap.data.fill(value, row + x0, row + x1);
  }
  return box;
}

/** Far more than floating numbers are off by, far less than a pixel. */
const ROUNDING = 1e-6;

/** From where to where a stroke covers a level line; upside down where it does not. */
function rowSpan({ from, to, radius, shape }: Stroke, y: number): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const hold = (x: number) => {
    if (x < low) low = x;
    if (x > high) high = x;
  };
  for (const [cx, cy] of [from, to]) {
    const away = Math.abs(y - cy);
    if (away > radius) continue;
    const half = shape === "round" ? Math.sqrt(radius * radius - away * away) : radius;
    hold(cx - half);
    hold(cx + half);
  }
  for (const [dx, dy] of sideOffsets(from, to, radius, shape)) {
    const t = (y - dy - from[1]) / (to[1] - from[1]);
    if (t >= 0 && t <= 1) hold(from[0] + dx + t * (to[0] - from[0]));
  }
  return [low, high];
}

/** Where the lines that join the brush's two ends run, beside the middle line. */
function sideOffsets([ax, ay]: Point, [bx, by]: Point, radius: number, shape: BrushShape): readonly Point[] {
  if (shape === "square") {
    return [
      [radius, radius],
      [radius, -radius],
      [-radius, radius],
      [-radius, -radius],
    ];
  }
  const length = Math.hypot(bx - ax, by - ay);
  if (length === 0) return [];
  const across: Point = [(-(by - ay) / length) * radius, ((bx - ax) / length) * radius];
  return [across, [-across[0], -across[1]]];
}

/** A brush of half a pixel sets the one pixel under it. */
function sweptShape(shape: BrushShape, reach: number): BrushShape {
  return reach > 0.5 ? shape : "square";
}

function isUnder(pixel: Point, { from, to, radius, shape }: Stroke): boolean {
  if (shape === "round") return distance(pixel, nearestOnSegment(pixel, from, to)) <= radius;
  return sweptSquareHolds(pixel, from, to, radius);
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
