/**
 * Outlines of a mask along pixel edges, holes kept. Parts are 4-connected; rasterising the outlines gives the mask back.
 * Each boundary edge runs with the foreground on its right hand, so exteriors turn clockwise on the screen and holes the other way.
 */
import { type Bitmap, cutAtRows, forEachRun } from "./bitmap.ts";
import { signedRingArea } from "./measure.ts";
import type { Point, Polygon } from "./types.ts";

/** East, south, west, north. */
const EAST = 0;
const WEST = 2;
const NORTH = 3;
const STEP_X = [1, 0, -1, 0] as const;
const STEP_Y = [0, 1, 0, -1] as const;
/** From the corner one stands on to the pixel ahead on the right. */
const AHEAD_X = [0, -1, -1, 0] as const;
const AHEAD_Y = [0, 0, -1, -1] as const;

/** One polygon per 4-connected part, largest first; only corners are kept. */
export function outlineOf(bitmap: Bitmap): Polygon[] {
  return traceParts(bitmap).sort((a, b) => signedRingArea(b.exterior) - signedRingArea(a.exterior));
}

interface Part {
  readonly exterior: Point[];
  readonly holes: Point[][];
}

function traceParts(bitmap: Bitmap): Part[] {
  const { width, height, data } = bitmap;
  const isSet = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === 1;
  const seenTop = new Uint8Array(width * height);
  const seenBottom = new Uint8Array(width * height);
  const parts: Part[] = [];
  /** Whose a stretch is, by its first pixel: the ring to the left of it is traced before what is to the right. */
  const partAt = new Map<number, Part>();
  forEachStretch(bitmap, (start, end) => {
    const above = end - width;
    // a part's first pixel begins a stretch, a hole's ends one; outside of the crop nothing is set
    if (!data[start - width] && !seenTop[start]) parts.push(tracePart(start));
    if (data[above] && end % width > 0 && !seenBottom[above]) traceHole(above, partAt.get(start) as Part);
  });
  return parts;

  function tracePart(pixel: number): Part {
    const part: Part = { exterior: [], holes: [] };
    follow(pixel % width, Math.floor(pixel / width), EAST, part, part.exterior);
    return part;
  }

  function traceHole(above: number, part: Part): void {
    const hole: Point[] = [];
    follow((above % width) + 1, Math.floor(above / width) + 1, WEST, part, hole);
    part.holes.push(hole);
  }

  function follow(startX: number, startY: number, startDirection: number, part: Part, corners: Point[]): void {
    let x = startX;
    let y = startY;
    let direction = startDirection;
    do {
      if (direction === EAST) seenTop[y * width + x] = 1;
      if (direction === WEST) seenBottom[(y - 1) * width + x - 1] = 1;
      if (direction === NORTH) partAt.set((y - 1) * width + x, part);
      x += STEP_X[direction] as number;
      y += STEP_Y[direction] as number;
      const next = turn(x, y, direction);
      if (next !== direction) corners.push([x + bitmap.x, y + bitmap.y]);
      direction = next;
    } while (x !== startX || y !== startY || direction !== startDirection);
  }

  /** At a corner where two foreground pixels only touch, it turns right: they are two parts. */
  function turn(x: number, y: number, direction: number): number {
    if (!isSetAhead(x, y, direction)) return (direction + 1) % 4;
    const left = (direction + 3) % 4;
    return isSetAhead(x, y, left) ? left : direction;
  }

  /** The pixel ahead on the right hand; that on the left is the one of whoever turns left. */
  function isSetAhead(x: number, y: number, direction: number): boolean {
    return isSet(x + (AHEAD_X[direction] as number), y + (AHEAD_Y[direction] as number));
  }
}

/** Pixels of a row that are set, one beside the other, as their first index and the one after them; from the top left on. */
function forEachStretch({ width, data }: Bitmap, visit: (start: number, end: number) => void): void {
  forEachRun(data, (start, end) => cutAtRows(start, end, width, visit));
}
