/**
 * Masks in two forms, both cropped to a box and row-major inside it:
 * `Bitmap` has a byte a pixel and is worked on; `Mask` is run-packed and never changes, so that history can keep thousands.
 */
import { EMPTY_BOX, growBox, intersectBoxes, isEmptyBox, uniteBoxes } from "./box.ts";
import type { Box, Size } from "./types.ts";

export interface Bitmap {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 1 inside, 0 outside, row-major. */
  readonly data: Uint8Array;
}

export interface Mask {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** End of each run (exclusive, row-major in the crop); the first run is background and may be empty. */
  readonly ends: Uint32Array;
  readonly area: number;
}

export const EMPTY_MASK: Mask = { x: 0, y: 0, width: 0, height: 0, ends: new Uint32Array(0), area: 0 };

export function emptyBitmap(box: Box): Bitmap {
  const width = Math.max(0, box.x1 - box.x0);
  const height = Math.max(0, box.y1 - box.y0);
  return { x: box.x0, y: box.y0, width, height, data: new Uint8Array(width * height) };
}

export function bitmapBox(crop: Pick<Bitmap, "x" | "y" | "width" | "height">): Box {
  return { x0: crop.x, y0: crop.y, x1: crop.x + crop.width, y1: crop.y + crop.height };
}

/** Box around the pixels that are set. */
export function contentBox(bitmap: Bitmap): Box {
  const { width, height, data } = bitmap;
  let x0 = width;
  let x1 = 0;
  let y0 = -1;
  let y1 = 0;
  for (let y = 0; y < height; y++) {
    const first = data.subarray(y * width, (y + 1) * width).indexOf(1);
    if (first < 0) continue;
    const last = data.subarray(y * width, (y + 1) * width).lastIndexOf(1);
    if (y0 < 0) y0 = y;
    y1 = y + 1;
    if (first < x0) x0 = first;
    if (last + 1 > x1) x1 = last + 1;
  }
  if (y0 < 0) return EMPTY_BOX;
  return { x0: x0 + bitmap.x, y0: y0 + bitmap.y, x1: x1 + bitmap.x, y1: y1 + bitmap.y };
}

/** The same pixels in another box; pixels outside it are lost, new ones are background. */
export function cropBitmap(bitmap: Bitmap, box: Box): Bitmap {
  const result = emptyBitmap(box);
  const both = intersectBoxes(bitmapBox(result), bitmapBox(bitmap));
  for (let y = both.y0; y < both.y1; y++) {
    const from = (y - bitmap.y) * bitmap.width + both.x0 - bitmap.x;
    const to = (y - result.y) * result.width + both.x0 - result.x;
    result.data.set(bitmap.data.subarray(from, from + both.x1 - both.x0), to);
  }
  return result;
}

/** Sets in `target` every pixel of `source` that lies inside it to `value`; changes `target`. */
export function drawBitmap(target: Bitmap, source: Bitmap, value: 0 | 1): void {
  const both = intersectBoxes(bitmapBox(target), bitmapBox(source));
  for (let y = both.y0; y < both.y1; y++) {
    const from = (y - source.y) * source.width + both.x0 - source.x;
    const row = source.data.subarray(from, from + both.x1 - both.x0);
    const to = (y - target.y) * target.width + both.x0 - target.x;
    forEachRun(row, (start, end) => target.data.fill(value, to + start, to + end));
  }
}

export function bitmapArea(bitmap: Bitmap): number {
  let area = 0;
  for (const pixel of bitmap.data) area += pixel;
  return area;
}

export function isBitmapSet(bitmap: Bitmap, x: number, y: number): boolean {
  const column = Math.floor(x) - bitmap.x;
  const row = Math.floor(y) - bitmap.y;
  if (column < 0 || row < 0 || column >= bitmap.width || row >= bitmap.height) return false;
  return bitmap.data[row * bitmap.width + column] === 1;
}

/** Packs to the box of the content, so that equal pixel sets give equal masks. */
export function packMask(bitmap: Bitmap): Mask {
  const box = contentBox(bitmap);
  if (isEmptyBox(box)) return EMPTY_MASK;
  const tight = sameBox(box, bitmapBox(bitmap)) ? bitmap : cropBitmap(bitmap, box);
  const { data } = tight;
  const ends: number[] = [];
  let value = 0;
  let area = 0;
  let start = 0;
  while (start < data.length) {
    const end = runEnd(data, start, value);
    ends.push(end);
    if (value === 1) area += end - start;
    start = end;
    value = 1 - value;
  }
  return {
    x: tight.x,
    y: tight.y,
    width: tight.width,
    height: tight.height,
    ends: Uint32Array.from(ends),
    area,
  };
}

/** Where the run of a value that starts here ends. Long runs are left to the browser, which looks at many bytes at once. */
function runEnd(data: Uint8Array, start: number, value: number): number {
  const near = Math.min(start + SHORT_RUN, data.length);
  for (let i = start; i < near; i++) if (data[i] !== value) return i;
  const end = data.indexOf(1 - value, near);
  return end < 0 ? data.length : end;
}

/** Pixels; up to here a plain loop is quicker than a call. */
const SHORT_RUN = 32;

export function unpackMask(mask: Mask): Bitmap {
  const data = new Uint8Array(mask.width * mask.height);
  let start = 0;
  let value = 0;
  for (const end of mask.ends) {
    if (value === 1) data.fill(1, start, end);
    start = end;
    value = 1 - value;
  }
  return { x: mask.x, y: mask.y, width: mask.width, height: mask.height, data };
}

/** Whether the pixel under a point is set; a binary search, so that hover costs nothing to speak of. */
export function isMaskSet(mask: Mask, x: number, y: number): boolean {
  const column = Math.floor(x) - mask.x;
  const row = Math.floor(y) - mask.y;
  if (column < 0 || row < 0 || column >= mask.width || row >= mask.height) return false;
  const index = row * mask.width + column;
  let low = 0;
  let high = mask.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((mask.ends[middle] as number) <= index) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

export function moveMask(mask: Mask, dx: number, dy: number, image: Size): Mask {
  const moved = { ...mask, x: mask.x + Math.round(dx), y: mask.y + Math.round(dy) };
  return clipMask(moved, image);
}

/** The part of a mask that lies on an image of this size. */
export function clipMask(mask: Mask, image: Size): Mask {
  const box = bitmapBox(mask);
  const seen = intersectBoxes(box, { x0: 0, y0: 0, x1: image.width, y1: image.height });
  return sameBox(seen, box) ? mask : cropMask(mask, seen);
}

function cropMask(mask: Mask, box: Box): Mask {
  let content = EMPTY_BOX;
  forEachSpanIn(mask, box, (y, x0, x1) => {
    content = uniteBoxes(content, { x0, y0: y, x1, y1: y + 1 });
  });
  if (isEmptyBox(content)) return EMPTY_MASK;
  const { x0: x, y0: y } = content;
  const [width, height] = [content.x1 - x, content.y1 - y];
  const ends = runEnds(spansIn(mask, content), width * height);
  return { x, y, width, height, ends, area: spannedArea(ends) };
}

/** Spans that touch, at the ends of two rows, are one run. */
function runEnds(spans: readonly number[], size: number): Uint32Array {
  const ends: number[] = [];
  for (const edge of spans) {
    if (ends.length > 0 && edge === ends.at(-1)) ends.pop();
    else ends.push(edge);
  }
  if ((ends.at(-1) as number) < size) ends.push(size);
  return Uint32Array.from(ends);
}

function spannedArea(ends: Uint32Array): number {
  let area = 0;
  for (let i = 1; i < ends.length; i += 2) area += (ends[i] as number) - (ends[i - 1] as number);
  return area;
}

export function masksEqual(a: Mask, b: Mask): boolean {
  if (a === b) return true;
  if (a.area !== b.area || !sameBox(bitmapBox(a), bitmapBox(b)) || a.ends.length !== b.ends.length) return false;
  return a.ends.every((end, i) => end === b.ends[i]);
}

/** One mask of the union of several, or of the first less the others. */
export function combineMasks(first: Mask, others: readonly Mask[], operation: "unite" | "subtract"): Mask {
  const boxes = operation === "unite" ? [first, ...others].map(bitmapBox) : [bitmapBox(first)];
  const box = boxes.reduce(uniteBoxes, EMPTY_BOX);
  const result = cropBitmap(unpackMask(first), box);
  for (const other of others) drawBitmap(result, unpackMask(other), operation === "unite" ? 1 : 0);
  return packMask(result);
}

/** Whether two masks overlap or lie side by side. */
export function masksMeet(a: Mask, b: Mask): boolean {
  const near = intersectBoxes(growBox(bitmapBox(a), 1), growBox(bitmapBox(b), 1));
  const first = cropBitmap(unpackMask(a), near);
  const second = cropBitmap(unpackMask(b), near);
  const { width, height, data } = first;
  return data.some((pixel, i) => {
    if (!pixel) return false;
    const x = i % width;
    if (second.data[i]) return true;
    if ((x > 0 && second.data[i - 1]) || (x < width - 1 && second.data[i + 1])) return true;
    return (i >= width && second.data[i - width] === 1) || (i < width * (height - 1) && second.data[i + width] === 1);
  });
}

/** Shared pixels to all pixels of both, 0-1. */
export function maskIou(a: Mask, b: Mask): number {
  const shared = sharedArea(a, b);
  const all = a.area + b.area - shared;
  return all === 0 ? 1 : shared / all;
}

function sharedArea(a: Mask, b: Mask): number {
  const box = uniteBoxes(bitmapBox(a), bitmapBox(b));
  const [some, others] = [spansIn(a, box), spansIn(b, box)];
  let area = 0;
  for (let i = 0, j = 0; i < some.length && j < others.length; ) {
    const [start, end] = [some[i] as number, some[i + 1] as number];
    const [otherStart, otherEnd] = [others[j] as number, others[j + 1] as number];
    area += Math.max(0, Math.min(end, otherEnd) - Math.max(start, otherStart));
    if (end < otherEnd) i += 2;
    else j += 2;
  }
  return area;
}

/** Start and end of each span inside a box, as indices into its crop. */
function spansIn(mask: Mask, box: Box): number[] {
  const spans: number[] = [];
  forEachSpanIn(mask, box, (y, x0, x1) => {
    const first = (y - box.y0) * (box.x1 - box.x0) - box.x0;
    spans.push(first + x0, first + x1);
  });
  return spans;
}

/** The spans of a mask inside a box, in image pixels. */
function forEachSpanIn(mask: Mask, box: Box, visit: (y: number, x0: number, x1: number) => void): void {
  forEachSpan(mask, (row, start, end) => {
    const y = row + mask.y;
    const [x0, x1] = [Math.max(box.x0, start + mask.x), Math.min(box.x1, end + mask.x)];
    if (y >= box.y0 && y < box.y1 && x0 < x1) visit(y, x0, x1);
  });
}

/** The runs of a mask that are set, cut where a row of the crop ends. */
export function forEachSpan({ width, ends }: Mask, visit: (row: number, start: number, end: number) => void): void {
  for (let i = 1; i < ends.length; i += 2) {
    cutAtRows(ends[i - 1] as number, ends[i] as number, width, (start, end) => {
      const row = Math.floor(start / width);
      visit(row, start - row * width, end - row * width);
    });
  }
}

/** The runs of set pixels, by their first index and the one after them. */
export function forEachRun(data: Uint8Array, visit: (start: number, end: number) => void): void {
  for (let start = runEnd(data, 0, 0); start < data.length; ) {
    const end = runEnd(data, start, 1);
    visit(start, end);
    start = runEnd(data, end, 0);
  }
}

/** A run of a crop of this width, as its parts in one row each. */
export function cutAtRows(
  start: number,
  end: number,
  width: number,
  visit: (start: number, end: number) => void,
): void {
  for (let from = start; from < end; ) {
    const to = Math.min(end, (Math.floor(from / width) + 1) * width);
    visit(from, to);
    from = to;
  }
}

function sameBox(a: Box, b: Box): boolean {
  return a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1;
}
