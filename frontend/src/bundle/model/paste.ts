/** A mask of 28 x 28 probabilities where its box lies in the picture: app/inference/paste.py, in the browser. */
import type { Bitmap } from "../../geometry/bitmap.ts";
import type { Size } from "../../geometry/types.ts";

/** A box in pixels of the picture, any numbers. */
export interface FloatBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const MASK_PROBABILITY = 0.5;

/** Samples the mask at the centres of the pixels in its box; around its cells lie zeros. */
export function pasteMask(probabilities: Float32Array, side: number, box: FloatBox, picture: Size): Bitmap {
  const [x0, x1] = pixelsBetween(box.x0, box.x1, picture.width);
  const [y0, y1] = pixelsBetween(box.y0, box.y1, picture.height);
  const columns = placesOf(x0, x1, box.x0, box.x1, side);
  const rows = placesOf(y0, y1, box.y0, box.y1, side);
  const data = new Uint8Array(columns.length * rows.length);
  // Cells left and right of the mask and above and below are zeros: one around it saves a check for each of four reads.
  const padded = padWithZeros(probabilities, side);
  const paddedSide = side + 2;
  let pixel = 0;
  for (const row of rows) {
    for (const column of columns) {
      const at = row.cell * paddedSide + column.cell;
      const upper = lerp(padded[at] as number, padded[at + 1] as number, column.share);
      const lower = lerp(padded[at + paddedSide] as number, padded[at + paddedSide + 1] as number, column.share);
      data[pixel++] = lerp(upper, lower, row.share) > MASK_PROBABILITY ? 1 : 0;
    }
  }
  return { x: x0, y: y0, width: columns.length, height: rows.length, data };
}

/** The pixels whose centres lie between start and stop, in the picture; the nearest one where there is none. */
function pixelsBetween(start: number, stop: number, size: number): [number, number] {
  const first = Math.min(Math.max(Math.ceil(start - 0.5), 0), size - 1);
  const last = Math.min(Math.max(Math.floor(stop + 0.5), 0), size);
  return [first, Math.max(last, first + 1)];
}

/** The padded mask's cell before a pixel's centre, and the share of the next one. */
interface Place {
  readonly cell: number;
  readonly share: number;
}

function placesOf(first: number, last: number, start: number, stop: number, side: number): Place[] {
  const extent = Math.max(stop - start, 1e-6);
  return Array.from({ length: last - first }, (_, index) => {
    const position = ((first + index + 0.5 - start) / extent) * side - 0.5;
    const inside = Math.min(Math.max(position, -1), side - 1e-6);
    const before = Math.floor(inside);
    return { cell: before + 1, share: inside - before };
  });
}

function padWithZeros(values: Float32Array, side: number): Float32Array {
  const padded = new Float32Array((side + 2) ** 2);
  for (let row = 0; row < side; row++) {
    padded.set(values.subarray(row * side, (row + 1) * side), (row + 1) * (side + 2) + 1);
  }
  return padded;
}

function lerp(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
