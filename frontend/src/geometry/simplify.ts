/**
 * Douglas-Peucker: drops points that lie within a tolerance of the line through those kept.
 * Source: D. Douglas and T. Peucker, "Algorithms for the reduction of the number of points…", Cartographica 10(2), 1973.
 */
import type { Point, Polygon, Ring } from "./types.ts";

/** Simplifies an open line; its ends stay. */
export function simplifyPath(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points];
  const keep = new Uint8Array(points.length);
  keep[0] = 1;
  keep[points.length - 1] = 1;
  const spans: [number, number][] = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    const { index, squared } = farthest(points, from, to);
    if (index < 0 || squared <= tolerance * tolerance) continue;
    keep[index] = 1;
    spans.push([from, index], [index, to]);
  }
  return points.filter((_, i) => keep[i]);
}

/** Simplifies a closed ring; never to fewer than three points. */
export function simplifyRing(ring: Ring, tolerance: number): Ring {
  if (ring.length < 4) return ring;
  const first = ring[0] as Point;
  const opposite = farthestFrom(ring, first);
  const half = simplifyPath(ring.slice(0, opposite + 1), tolerance);
  const back = simplifyPath([...ring.slice(opposite), first], tolerance);
  const simple = [...half, ...back.slice(1, -1)];
  return simple.length >= 3 ? simple : triangle(ring, opposite);
}

export function simplifyPolygons(polygons: readonly Polygon[], tolerance: number): Polygon[] {
  return polygons.map((polygon) => ({
    exterior: simplifyRing(polygon.exterior, tolerance),
    holes: polygon.holes.map((hole) => simplifyRing(hole, tolerance)),
  }));
}

function farthest(points: readonly Point[], from: number, to: number): { index: number; squared: number } {
  const a = points[from] as Point;
  const b = points[to] as Point;
  let best = -1;
  let index = -1;
  for (let i = from + 1; i < to; i++) {
    const away = squaredAway(points[i] as Point, a, b);
    if (away > best) {
      best = away;
      index = i;
    }
  }
  return { index, squared: best };
}

function farthestFrom(ring: Ring, point: Point): number {
  let best = 0;
  for (let i = 1; i < ring.length; i++) {
    if (squaredAway(ring[i] as Point, point, point) > squaredAway(ring[best] as Point, point, point)) best = i;
  }
  return best;
}

function triangle(ring: Ring, opposite: number): Ring {
  const a = ring[0] as Point;
  const b = ring[opposite] as Point;
  const third = ring.reduce((best, point) => (squaredAway(point, a, b) > squaredAway(best, a, b) ? point : best));
  return ring.filter((point) => point === a || point === b || point === third);
}

/** The square of the distance to a segment: of thousands of points, each looked at a dozen times, roots would take the longest. */
function squaredAway(point: Point, a: Point, b: Point): number {
  const x = point[0] - a[0];
  const y = point[1] - a[1];
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / length));
  return (x - t * dx) ** 2 + (y - t * dy) ** 2;
}
