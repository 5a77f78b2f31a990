/**
 * COCO run-length encoding at the edge: runs down the columns of the whole image, background first, packed into printable characters.
 * The packing is LEB128-like, 5 bits a character with a sign bit, each count from the third on less the one two before.
 * Source of the format: pycocotools, `common/maskApi.c`, rleToString and rleFrString (https://github.com/cocodataset/cocoapi).
 */
import { EMPTY_MASK, emptyBitmap, type Mask, packMask } from "./bitmap.ts";
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
  return { size: [image.height, image.width], counts: countsToString(columnRuns(mask, image)) };
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

/** Runs down the columns, from the runs along the rows: a mask of many megapixels costs only as much as its outline is long. */
function columnRuns(mask: Mask, image: Size): number[] {
  const turns = columnTurns(mask);
  const counts: number[] = [];
  let start = 0;
  for (let i = 0; i < mask.width; i++) {
    const top = (mask.x + i) * image.height + mask.y;
    for (const row of turns[i] as number[]) {
      const position = top + row;
      // a column that ends inside and the next that begins inside are one run
      if (position === start && counts.length > 0) start -= counts.pop() as number;
      else {
        counts.push(position - start);
        start = position;
      }
    }
  }
  const end = image.width * image.height;
  if (start < end) counts.push(end - start);
  return counts;
}

/** For each column of the crop, the rows at which its pixels turn from background to inside and back. */
function columnTurns(mask: Mask): number[][] {
  const turns = Array.from({ length: mask.width }, (): number[] => []);
  let above: readonly number[] = [];
  let run = 0;
  for (let row = 0; row <= mask.height; row++) {
    const first = row * mask.width;
    while (run < mask.ends.length && (mask.ends[run] as number) <= first) run++;
    const edges = row < mask.height ? rowEdges(mask, run, first) : [];
    forEachDifference(above, edges, (x) => turns[x]?.push(row));
    above = edges;
  }
  return turns;
}

/** Where the spans of one row begin and end, in turn. */
function rowEdges(mask: Mask, firstRun: number, first: number): number[] {
  const edges: number[] = [];
  let from = first;
  for (let run = firstRun; from < first + mask.width; run++) {
    const to = Math.min(mask.ends[run] as number, first + mask.width);
    if (run % 2 === 1) edges.push(from - first, to - first);
    from = to;
  }
  return edges;
}

/** Visits what lies in one list of spans and not in the other. */
function forEachDifference(a: readonly number[], b: readonly number[], visit: (x: number) => void): void {
  let differs = false;
  let from = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const edge = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    if (differs) for (let x = from; x < edge; x++) visit(x);
    from = edge;
    if (a[i] === edge) {
      i++;
      differs = !differs;
    }
    if (b[j] === edge) {
      j++;
      differs = !differs;
    }
  }
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
