/** Outlines of a mask for a look from far: tracing each pixel of a large one takes a quarter of a second, and nobody sees them. */
import { type Bitmap, emptyBitmap, forEachSpan, type Mask } from "./bitmap.ts";
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
function shrunk(mask: Mask, side: number): Bitmap {
  const [x1, y1] = [Math.ceil(mask.width / side), Math.ceil(mask.height / side)];
  const bitmap = emptyBitmap({ x0: 0, y0: 0, x1, y1 });
  forEachSpan(mask, (row, start, end) => {
    const first = Math.floor(row / side) * bitmap.width;
    bitmap.data.fill(1, first + Math.floor(start / side), first + Math.ceil(end / side));
  });
  return bitmap;
}
