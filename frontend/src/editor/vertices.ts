/** Finding and changing the corners of polygons. Everything returns new polygons. */
import { distance, nearestOnSegment, placePoint } from "../geometry/measure.ts";
import type { Box, Point, Polygon, Ring, Size } from "../geometry/types.ts";

/** A corner: which polygon, which ring of it (0 the exterior, from 1 the holes), which point. */
export interface VertexRef {
  readonly polygon: number;
  readonly ring: number;
  readonly index: number;
}

export function sameVertex(a: VertexRef, b: VertexRef): boolean {
  return a.polygon === b.polygon && a.ring === b.ring && a.index === b.index;
}

export function ringsOf(polygon: Polygon): readonly Ring[] {
  return [polygon.exterior, ...polygon.holes];
}

export function forEachVertex(
  polygons: readonly Polygon[],
  visit: (ref: VertexRef, point: Point, next: Point) => void,
) {
  polygons.forEach((polygon, p) => {
    ringsOf(polygon).forEach((ring, r) => {
      ring.forEach((point, index) => {
        visit({ polygon: p, ring: r, index }, point, ring[(index + 1) % ring.length] as Point);
      });
    });
  });
}

export function vertexAt(polygons: readonly Polygon[], at: Point, reach: number): VertexRef | null {
  let best: VertexRef | null = null;
  let nearest = reach;
  forEachVertex(polygons, (ref, point) => {
    const away = distance(point, at);
    if (away <= nearest) {
      nearest = away;
      best = ref;
    }
  });
  return best;
}

/** The edge under a point, named by the corner it starts from, and the nearest place on it. */
export function edgeAt(
  polygons: readonly Polygon[],
  at: Point,
  reach: number,
): { ref: VertexRef; point: Point } | null {
  let best: { ref: VertexRef; point: Point } | null = null;
  let nearest = reach;
  forEachVertex(polygons, (ref, from, to) => {
    const point = nearestOnSegment(at, from, to);
    const away = distance(point, at);
    if (away <= nearest) {
      nearest = away;
      best = { ref, point };
    }
  });
  return best;
}

export function verticesIn(polygons: readonly Polygon[], box: Box): VertexRef[] {
  const found: VertexRef[] = [];
  forEachVertex(polygons, (ref, [x, y]) => {
    if (x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1) found.push(ref);
  });
  return found;
}

export function moveVertices(
  polygons: readonly Polygon[],
  refs: readonly VertexRef[],
  by: Point,
  image: Size,
): readonly Polygon[] {
  return mapRings(polygons, (ring, p, r) => {
    const moved = refs.filter((ref) => ref.polygon === p && ref.ring === r);
    if (moved.length === 0) return ring;
    const points = [...ring];
    for (const { index } of moved) {
      const [x, y] = ring[index] as Point;
      points[index] = placePoint([x + by[0], y + by[1]], image.width, image.height);
    }
    return points;
  });
}

/** Puts one corner exactly there: on a neighbour's border, however finely that lies. */
export function placeVertex(polygons: readonly Polygon[], at: VertexRef, point: Point): readonly Polygon[] {
  return mapRings(polygons, (ring, p, r) =>
    p === at.polygon && r === at.ring ? ring.map((corner, index) => (index === at.index ? point : corner)) : ring,
  );
}

/** Puts a corner after the one named. */
export function insertVertex(polygons: readonly Polygon[], after: VertexRef, point: Point): readonly Polygon[] {
  return mapRings(polygons, (ring, p, r) =>
    p === after.polygon && r === after.ring
      ? [...ring.slice(0, after.index + 1), point, ...ring.slice(after.index + 1)]
      : ring,
  );
}

/** A ring left with fewer than three corners goes; a polygon goes with its exterior. */
export function deleteVertices(polygons: readonly Polygon[], refs: readonly VertexRef[]): readonly Polygon[] {
  const thinned = mapRings(polygons, (ring, p, r) =>
    ring.filter((_, index) => !refs.some((ref) => sameVertex(ref, { polygon: p, ring: r, index }))),
  );
  return thinned
    .filter((polygon) => polygon.exterior.length >= 3)
    .map(({ exterior, holes }) => ({ exterior, holes: holes.filter((hole) => hole.length >= 3) }));
}

function mapRings(
  polygons: readonly Polygon[],
  change: (ring: Ring, polygonIndex: number, ringIndex: number) => Ring,
): readonly Polygon[] {
  return polygons.map((polygon, p) => ({
    exterior: change(polygon.exterior, p, 0),
    holes: polygon.holes.map((hole, i) => change(hole, p, i + 1)),
  }));
}
