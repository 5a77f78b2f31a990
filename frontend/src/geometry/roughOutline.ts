/** Outlines of a mask for a look from far: tracing each pixel of a large one takes a quarter of a second, and nobody sees them. */
import { type Bitmap, emptyBitmap, type Mask } from "./bitmap.ts";
import { outlineOf } from "./outline.ts";
import type { Point, Polygon, Ring } from "./types.ts";

/** Around the squares of `side` pixels that hold any of the mask: never inside it, and less than `side` pixels outside. */
export function roughOutline(mask: Mask, side: number): Polygon[] {
  const place = ([x, y]: Point): Point => [
    mask.x + Math.min(mask.width, x * side),
    mask.y + Math.min(mask.height, y * side),
  ];
  const placed = (ring: Ring) => ring.map(place);
  return outlineOf(shrunk(mask, side)).map(({ exterior, holes }) => ({
    exterior: placed(exterior),
    holes: holes.map(placed),
  }));
}

/** A pixel for each square, from the mask's left upper corner on. */
function shrunk({ width, height, ends }: Mask, side: number): Bitmap {
  const bitmap = emptyBitmap({ x0: 0, y0: 0, x1: Math.ceil(width / side), y1: Math.ceil(height / side) });
  for (let i = 1; i < ends.length; i += 2) {
    const end = ends[i] as number;
    for (let start = ends[i - 1] as number; start < end; ) {
      const row = Math.floor(start / width);
      const stop = Math.min(end, (row + 1) * width);
      const first = Math.floor(row / side) * bitmap.width;
      const from = first + Math.floor((start - row * width) / side);
      bitmap.data.fill(1, from, first + Math.ceil((stop - row * width) / side));
      start = stop;
    }
  }
  return bitmap;
}
