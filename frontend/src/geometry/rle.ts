/**
 * COCO run-length encoding at the edge: runs down the columns of the whole image, background first, packed into printable characters.
 * The packing is LEB128-like, 5 bits a character with a sign bit, each count from the third on less the one two before.
 * Source of the format: pycocotools, `common/maskApi.c`, rleToString and rleFrString (https://github.com/cocodataset/cocoapi).
 */
import { type Bitmap, EMPTY_MASK, emptyBitmap, type Mask, packMask, unpackMask } from "./bitmap.ts";
import type { Size } from "./types.ts";

export interface CocoRle {
  /** [height, width] of the image. */
  readonly size: readonly [height: number, width: number];
  readonly counts: string;
}

export class InvalidRle extends Error {}

const FIRST_CHARACTER = 48;
const CONTINUES = 0x20;
const SIGN = 0x10;

export function countsToString(counts: readonly number[]): string {
  let text = "";
  for (let i = 0; i < counts.length; i++) {
    let rest = (counts[i] as number) - (i > 2 ? (counts[i - 2] as number) : 0);
    let more = true;
    while (more) {
      let bits = rest & 0x1f;
      rest >>= 5;
      more = bits & SIGN ? rest !== -1 : rest !== 0;
      if (more) bits |= CONTINUES;
      text += String.fromCharCode(bits + FIRST_CHARACTER);
    }
  }
  return text;
}

export function countsFromString(text: string): number[] {
  const counts: number[] = [];
  let at = 0;
  while (at < text.length) {
    let value = 0;
    let shift = 0;
    let more = true;
    while (more) {
      const bits = text.charCodeAt(at) - FIRST_CHARACTER;
      if (!(bits >= 0 && bits < 64) || shift > 30) throw new InvalidRle(`bad RLE character at ${at}`);
      value |= (bits & 0x1f) << shift;
      more = (bits & CONTINUES) !== 0;
      at++;
      shift += 5;
      if (!more && bits & SIGN && shift < 32) value |= -1 << shift;
    }
    if (counts.length > 2) value += counts[counts.length - 2] as number;
    if (value < 0) throw new InvalidRle(`negative run at ${at}`);
    counts.push(value);
  }
  return counts;
}

export function maskToRle(mask: Mask, image: Size): CocoRle {
  return { size: [image.height, image.width], counts: countsToString(columnRuns(unpackMask(mask), image)) };
}

export function rleToMask(rle: CocoRle): Mask {
  const [height, width] = rle.size;
  const counts = countsFromString(rle.counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== height * width) throw new InvalidRle(`RLE covers ${total} pixels of ${height * width}`);
  const box = boxOfColumnRuns(counts, height);
  if (box === null) return EMPTY_MASK;
  const bitmap = emptyBitmap(box);
  forEachColumnSpan(counts, height, (x, y0, y1) => {
    let i = (y0 - box.y0) * bitmap.width + x - box.x0;
    for (let y = y0; y < y1; y++, i += bitmap.width) bitmap.data[i] = 1;
  });
  return packMask(bitmap);
}

function columnRuns(bitmap: Bitmap, image: Size): number[] {
  const counts: number[] = [];
  const end = image.width * image.height;
  const coversColumns = bitmap.y === 0 && bitmap.height === image.height;
  let value = 0;
  let start = 0;
  const turn = (position: number) => {
    if (position === end) return;
    counts.push(position - start);
    start = position;
    value = 1 - value;
  };
  for (let column = 0; column < bitmap.width; column++) {
    const first = (bitmap.x + column) * image.height + bitmap.y;
    for (let row = 0; row < bitmap.height; row++) {
      if (bitmap.data[row * bitmap.width + column] !== value) turn(first + row);
    }
    if (value === 1 && !coversColumns) turn(first + bitmap.height);
  }
  if (value === 1 && coversColumns) turn((bitmap.x + bitmap.width) * image.height);
  counts.push(end - start);
  return counts;
}

function boxOfColumnRuns(counts: readonly number[], height: number) {
  let x0 = Number.POSITIVE_INFINITY;
  let x1 = -1;
  let y0 = height;
  let y1 = 0;
  forEachColumnSpan(counts, height, (x, top, bottom) => {
    if (x < x0) x0 = x;
    if (x + 1 > x1) x1 = x + 1;
    if (top < y0) y0 = top;
    if (bottom > y1) y1 = bottom;
  });
  return x1 < 0 ? null : { x0, y0, x1, y1 };
}

function forEachColumnSpan(
  counts: readonly number[],
  height: number,
  visit: (x: number, y0: number, y1: number) => void,
): void {
  let position = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = position + (counts[i] as number);
    if (i % 2 === 1) {
      while (position < end) {
        const x = Math.floor(position / height);
        const stop = Math.min(end, (x + 1) * height);
        visit(x, position - x * height, stop - x * height);
        position = stop;
      }
    }
    position = end;
  }
}
