/**
 * Which pixels a polygon covers: pycocotools' frPyObjects rule, the same in Python and here (docs/contract "Instance").
 * The boundary is walked on a grid five times as fine; where it passes a column's middle it toggles the pixels below.
 * Source of the formula: rleFrPoly in pycocotools, `common/maskApi.c` (https://github.com/cocodataset/cocoapi).
 */
import { type Bitmap, drawBitmap, emptyBitmap, type Mask, packMask } from "./bitmap.ts";
import { boxOfPoints, intersectBoxes, isEmptyBox, uniteBoxes } from "./box.ts";
import type { Box, Polygon, Ring, Size } from "./types.ts";

const UPSAMPLING = 5;

/** Rasterises the union of the polygons, each less its holes. */
export function polygonsToMask(polygons: readonly Polygon[], image: Size): Mask {
  const box = pixelBox(polygons, image);
  const result = emptyBitmap(box);
  if (isEmptyBox(box)) return packMask(result);
  for (const polygon of polygons) {
    drawBitmap(result, polygonToBitmap(polygon, image), 1);
  }
  return packMask(result);
}

function polygonToBitmap(polygon: Polygon, image: Size): Bitmap {
  const part = emptyBitmap(pixelBox([polygon], image));
  fillRing(part, polygon.exterior, image, 1);
  for (const hole of polygon.holes) fillRing(part, hole, image, 0);
  return part;
}

/** A pixel of margin, because a boundary rounds to the fine grid. */
function pixelBox(polygons: readonly Polygon[], image: Size): Box {
  const frame = { x0: 0, y0: 0, x1: image.width, y1: image.height };
  return polygons
    .map((polygon) => boxOfPoints(polygon.exterior))
    .map((box) => ({
      x0: Math.floor(box.x0) - 1,
      y0: Math.floor(box.y0) - 1,
      x1: Math.ceil(box.x1) + 1,
      y1: Math.ceil(box.y1) + 1,
    }))
    .map((box) => intersectBoxes(box, frame))
    .reduce(uniteBoxes, { x0: 0, y0: 0, x1: 0, y1: 0 });
}

/** Sets the pixels that a ring covers to a value. Between two crossings of a column pixels are inside (even-odd). */
function fillRing(target: Bitmap, ring: Ring, image: Size, value: 0 | 1): void {
  const crossings = columnCrossings(ring, image);
  for (const [column, rows] of crossings) {
    const x = column - target.x;
    if (x < 0 || x >= target.width) continue;
    rows.sort((a, b) => a - b);
    for (let i = 0; i + 1 < rows.length; i += 2) {
      const y0 = Math.max(0, (rows[i] as number) - target.y);
      const y1 = Math.min(target.height, (rows[i + 1] as number) - target.y);
      for (let y = y0; y < y1; y++) target.data[y * target.width + x] = value;
    }
  }
}

/** For each column, the rows at which the boundary passes its middle. */
function columnCrossings(ring: Ring, image: Size): Map<number, number[]> {
  const crossings = new Map<number, number[]>();
  let previousU: number | null = null;
  let previousV = 0;
  walkBoundary(ring, (u, v) => {
    if (previousU !== null && u !== previousU) {
      const column = (u < previousU ? u : u - 1) - (UPSAMPLING - 1) / 2;
      if (column % UPSAMPLING === 0 && column >= 0 && column / UPSAMPLING <= image.width - 1) {
        const fineRow = (Math.min(v, previousV) + 0.5) / UPSAMPLING - 0.5;
        const row = Math.ceil(Math.min(Math.max(fineRow, 0), image.height));
        const rows = crossings.get(column / UPSAMPLING);
        if (rows) rows.push(row);
        else crossings.set(column / UPSAMPLING, [row]);
      }
    }
    previousU = u;
    previousV = v;
  });
  return crossings;
}

/** Visits the fine grid's points along the closed boundary, each edge stepped along its longer side. */
function walkBoundary(ring: Ring, visit: (u: number, v: number) => void): void {
  for (let i = 0; i < ring.length; i++) {
    const [fromX, fromY] = upsample(ring, i);
    const [toX, toY] = upsample(ring, (i + 1) % ring.length);
    const dx = Math.abs(toX - fromX);
    const dy = Math.abs(toY - fromY);
    if (dx === 0 && dy === 0) continue;
    const flat = dx >= dy;
    const flip = flat ? fromX > toX : fromY > toY;
    const [startX, startY, endX, endY] = flip ? [toX, toY, fromX, fromY] : [fromX, fromY, toX, toY];
    const steps = flat ? dx : dy;
    const slope = flat ? (endY - startY) / dx : (endX - startX) / dy;
    for (let d = 0; d <= steps; d++) {
      const t = flip ? steps - d : d;
      if (flat) visit(t + startX, Math.trunc(startY + slope * t + 0.5));
      else visit(Math.trunc(startX + slope * t + 0.5), t + startY);
    }
  }
}

function upsample(ring: Ring, i: number): [number, number] {
  const [x, y] = ring[i] as readonly [number, number];
  return [Math.trunc(UPSAMPLING * x + 0.5), Math.trunc(UPSAMPLING * y + 0.5)];
}
