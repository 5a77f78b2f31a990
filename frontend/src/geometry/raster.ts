/**
 * Which pixels a polygon covers: pycocotools' frPyObjects rule, the same in Python and here (docs/contract "Instance").
 * The boundary is walked on a grid five times as fine; where it passes a column's middle it toggles the pixels below.
 * Source of the formula: rleFrPoly in pycocotools, `common/maskApi.c` (https://github.com/cocodataset/cocoapi).
 */
import { type Bitmap, drawBitmap, emptyBitmap, type Mask, packMask } from "./bitmap.ts";
import { boxOfPoints, EMPTY_BOX, intersectBoxes, uniteBoxes } from "./box.ts";
import type { Box, Polygon, Ring, Size } from "./types.ts";

const UPSAMPLING = 5;
/** Pixels that are turned round at once. */
const WORD = Uint32Array.BYTES_PER_ELEMENT;

/** Rasterises the union of the polygons, each less its holes. */
export function polygonsToMask(polygons: readonly Polygon[], image: Size): Mask {
  const [first, ...more] = polygons;
  if (first && more.length === 0) return packMask(polygonToBitmap(first, image));
  const result = emptyBitmap(polygons.map(({ exterior }) => pixelBox(exterior, image)).reduce(uniteBoxes, EMPTY_BOX));
  for (const polygon of polygons) drawBitmap(result, polygonToBitmap(polygon, image), 1);
  return packMask(result);
}

function polygonToBitmap({ exterior, holes }: Polygon, image: Size): Bitmap {
  const bitmap = ringToBitmap(exterior, image);
  for (const hole of holes) drawBitmap(bitmap, ringToBitmap(hole, image), 0);
  return bitmap;
}

/** A pixel of margin, because a boundary rounds to the fine grid. */
function pixelBox(ring: Ring, image: Size): Box {
  const { x0, y0, x1, y1 } = boxOfPoints(ring);
  const around = { x0: Math.floor(x0) - 1, y0: Math.floor(y0) - 1, x1: Math.ceil(x1) + 1, y1: Math.ceil(y1) + 1 };
  return intersectBoxes(around, { x0: 0, y0: 0, x1: image.width, y1: image.height });
}

/**
 * The pixels that a ring covers: between two crossings of a column they are inside (even-odd). The crossings are marked, and then each
 * row is the one above it turned round at its marks: memory is gone through in its order, where a column at a time takes ten times as long.
 */
function ringToBitmap(ring: Ring, image: Size): Bitmap {
  const bitmap = emptyBitmap(wholeWords(pixelBox(ring, image)));
  markCrossings(bitmap, columnCrossings(ring, image));
  const words = new Uint32Array(bitmap.data.buffer);
  const across = bitmap.width / WORD;
  for (let i = across; i < words.length; i++) words[i] = (words[i] as number) ^ (words[i - across] as number);
  return bitmap;
}

/** Widened so that each row begins with a word. */
function wholeWords(box: Box): Box {
  return { ...box, x1: box.x0 + Math.ceil((box.x1 - box.x0) / WORD) * WORD };
}

/** Sets the first pixel inside, and the first one outside again, of each stretch of a column. */
function markCrossings({ x: left, y: top, width, height, data }: Bitmap, crossings: Map<number, number[]>): void {
  const turn = (i: number) => {
    data[i] = (data[i] as number) ^ 1;
  };
  for (const [column, rows] of crossings) {
    const x = column - left;
    if (x < 0 || x >= width) continue;
    rows.sort((a, b) => a - b);
    for (let i = 0; i + 1 < rows.length; i += 2) {
      const y0 = Math.max(0, (rows[i] as number) - top);
      const y1 = Math.min(height, (rows[i + 1] as number) - top);
      if (y0 >= y1) continue;
      turn(y0 * width + x);
      if (y1 < height) turn(y1 * width + x);
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
