/** Corners that go to a neighbour's border, and outlines that follow it, so that two objects share a border exactly. */
import { distance } from "../geometry/measure.ts";
import type { Point, Ring } from "../geometry/types.ts";
import type { Instance } from "./instance.ts";
import { shapeBox } from "./instance.ts";
import { edgeAt, ringsOf, type VertexRef, vertexAt } from "./vertices.ts";

/** A place on an object's border: on a corner, or on the edge that starts there. */
export interface BorderPlace {
  readonly ring: Ring;
  readonly index: number;
  readonly point: Point;
}

/** The nearest corner, else border, of polygons within reach; a corner is taken before its own object's edges. */
export function borderNear(instances: Iterable<Instance>, at: Point, reach: number): BorderPlace | null {
  let best: BorderPlace | null = null;
  let nearest = reach;
  for (const { shape } of instances) {
    if (shape.kind !== "polygons") continue;
    const box = shapeBox(shape);
    if (at[0] < box.x0 - reach || at[0] > box.x1 + reach) continue;
    if (at[1] < box.y0 - reach || at[1] > box.y1 + reach) continue;
    const ringOf = ({ polygon, ring }: VertexRef) => {
      const rings = shape.polygons[polygon];
      return (rings && ringsOf(rings)[ring]) ?? [];
    };
    const corner = vertexAt(shape.polygons, at, reach);
    const edge = corner ? null : edgeAt(shape.polygons, at, reach);
    const ref = corner ?? edge?.ref;
    if (!ref) continue;
    const ring = ringOf(ref);
    const point = edge?.point ?? (ring[ref.index] as Point);
    const away = distance(point, at);
    if (away > nearest) continue;
    nearest = away;
    best = { ring, index: ref.index, point };
  }
  return best;
}

/** The corners passed on the shorter way along a border from one place to another, neither end included. */
export function cornersBetween(from: BorderPlace, to: BorderPlace): readonly Point[] {
  if (from.ring !== to.ring) return [];
  const forth = cornersAfter(from, to);
  const back = cornersAfter(to, from).toReversed();
  return wayLength(from, forth, to) <= wayLength(from, back, to) ? forth : back;
}

function cornersAfter(from: BorderPlace, to: BorderPlace): Point[] {
  const { ring } = from;
  const corners: Point[] = [];
  const isAhead = from.index === to.index && isNearer(from, to);
  if (isAhead) return corners;
  for (let i = 1; i <= ring.length; i++) {
    const index = (from.index + i) % ring.length;
    const corner = ring[index] as Point;
    if (!samePoint(corner, to.point)) corners.push(corner);
    if (index === to.index) break;
  }
  return corners.filter((corner) => !samePoint(corner, from.point));
}

/** Whether one place comes before another on the same edge. */
function isNearer(one: BorderPlace, other: BorderPlace): boolean {
  const start = one.ring[one.index] as Point;
  return distance(start, one.point) <= distance(start, other.point);
}

function wayLength(from: BorderPlace, corners: readonly Point[], to: BorderPlace): number {
  const way = [from.point, ...corners, to.point];
  return way.slice(1).reduce((sum, point, i) => sum + distance(way[i] as Point, point), 0);
}

function samePoint(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
