/** Areas, distances and inside tests. */
import type { Point, Polygon, Ring } from "./types.ts";

/** Twice-signed-halved shoelace area; positive when the ring runs clockwise on the screen (y down). */
export function signedRingArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const [x0, y0] = ring[i] as Point;
    const [x1, y1] = ring[(i + 1) % ring.length] as Point;
    sum += x0 * y1 - x1 * y0;
  }
  return sum / 2;
}

export function polygonsArea(polygons: readonly Polygon[]): number {
  let sum = 0;
  for (const polygon of polygons) {
    sum += Math.abs(signedRingArea(polygon.exterior));
    for (const hole of polygon.holes) sum -= Math.abs(signedRingArea(hole));
  }
  return Math.max(0, sum);
}

export function pointCount(polygons: readonly Polygon[]): number {
  return polygons.reduce(
    (sum, polygon) => sum + polygon.exterior.length + polygon.holes.reduce((holes, hole) => holes + hole.length, 0),
    0,
  );
}

/** Even-odd rule. */
export function isInRing(ring: Ring, [x, y]: Point): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] as Point;
    const [xj, yj] = ring[j] as Point;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export function isInPolygon(polygon: Polygon, point: Point): boolean {
  return isInRing(polygon.exterior, point) && !polygon.holes.some((hole) => isInRing(hole, point));
}

export function isInPolygons(polygons: readonly Polygon[], point: Point): boolean {
  return polygons.some((polygon) => isInPolygon(polygon, point));
}

export function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(ax - bx, ay - by);
}

export function nearestOnSegment([px, py]: Point, [ax, ay]: Point, [bx, by]: Point): Point {
  const dx = bx - ax;
  const dy = by - ay;
  const squared = dx * dx + dy * dy;
  if (squared === 0) return [ax, ay];
  const t = Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / squared));
  return [ax + t * dx, ay + t * dy];
}

/** Hundredths of a pixel: finer than any pointer, coarse enough to be read. */
export const PLACES = 100;

/** The point on the image nearest to this one, to a hundredth of a pixel. */
export function placePoint([x, y]: Point, width: number, height: number): Point {
  const place = (value: number, most: number) => Math.round(Math.min(Math.max(value, 0), most) * PLACES) / PLACES;
  return [place(x, width), place(y, height)];
}
