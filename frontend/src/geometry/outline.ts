/**
 * Outlines of a mask along pixel edges, holes kept. Parts are 4-connected; rasterising the outlines gives the mask back.
 * Each boundary edge runs with the foreground on its right hand, so exteriors turn clockwise on the screen and holes the other way.
 */
import type { Bitmap } from "./bitmap.ts";
import { isInRing, signedRingArea } from "./measure.ts";
import type { Point, Polygon, Ring } from "./types.ts";

/** East, south, west, north. */
const EAST = 0;
const WEST = 2;
const STEP_X = [1, 0, -1, 0] as const;
const STEP_Y = [0, 1, 0, -1] as const;
/** From the corner one stands on to the pixel ahead on the right. */
const AHEAD_X = [0, -1, -1, 0] as const;
const AHEAD_Y = [0, 0, -1, -1] as const;

/** One polygon per 4-connected part, largest first; only corners are kept. */
export function outlineOf(bitmap: Bitmap): Polygon[] {
  const rings = traceRings(bitmap);
  const parts = rings.filter((ring) => signedRingArea(ring) > 0).map((exterior) => ({ exterior, holes: [] as Ring[] }));
  parts.sort((a, b) => signedRingArea(b.exterior) - signedRingArea(a.exterior));
  for (const hole of rings.filter((ring) => signedRingArea(ring) < 0)) {
    smallestAround(parts, hole)?.holes.push(hole);
  }
  return parts;
}

/** The part a hole was cut from: of those that hold it, the smallest, which comes last. */
function smallestAround<P extends { exterior: Ring }>(parts: readonly P[], hole: Ring): P | undefined {
  const inside = besideFirstEdge(hole);
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i] as P;
    if (isInRing(part.exterior, inside)) return part;
  }
  return undefined;
}

/** A point in the foreground pixel on the right of the ring's first edge. */
function besideFirstEdge(ring: Ring): Point {
  const [ax, ay] = ring[0] as Point;
  const [bx, by] = ring[1] as Point;
  const dx = Math.sign(bx - ax);
  const dy = Math.sign(by - ay);
  return [ax + dx / 2 - dy / 2, ay + dy / 2 + dx / 2];
}

function traceRings(bitmap: Bitmap): Ring[] {
  const { width, height, data } = bitmap;
  const isSet = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === 1;
  const seenTop = new Uint8Array(width * height);
  const seenBottom = new Uint8Array(width * height);
  const rings: Ring[] = [];
  // every ring has an eastward edge (over a pixel) and a westward one (under a pixel): starting at those finds them all
  for (let i = data.indexOf(1); i >= 0; i = data.indexOf(1, i + 1)) {
    // most pixels have others above and below, millions of them in a large mask; outside of the crop nothing is set
    for (; data[i] === 1; i++) {
      const isTop = i < width || data[i - width] === 0;
      const isBottom = i >= width * (height - 1) || data[i + width] === 0;
      if (isTop && !seenTop[i]) rings.push(follow(i % width, Math.floor(i / width), EAST));
      if (isBottom && !seenBottom[i]) rings.push(follow((i % width) + 1, Math.floor(i / width) + 1, WEST));
    }
  }
  return rings;

  function follow(startX: number, startY: number, startDirection: number): Ring {
    const corners: Point[] = [];
    let x = startX;
    let y = startY;
    let direction = startDirection;
    do {
      if (direction === EAST) seenTop[y * width + x] = 1;
      if (direction === WEST) seenBottom[(y - 1) * width + x - 1] = 1;
      x += STEP_X[direction] as number;
      y += STEP_Y[direction] as number;
      const next = turn(x, y, direction);
      if (next !== direction) corners.push([x + bitmap.x, y + bitmap.y]);
      direction = next;
    } while (x !== startX || y !== startY || direction !== startDirection);
    return corners;
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
