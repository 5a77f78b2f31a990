/**
 * Unions and differences of polygons that keep their corners. Clipper works on whole numbers, here the hundredths of a pixel
 * that corners lie on, so that a corner comes back exactly as it was.
 */
import { Clipper64, ClipType, FillRule, type Path64, type PolyPath64, PolyTree64 } from "clipper2-ts";
import { boxOfPolygons } from "./box.ts";
import { PLACES } from "./measure.ts";
import type { Point, Polygon, Ring, Size } from "./types.ts";

/** The union of several sets of polygons; parts that touch become one. */
export function unitePolygons(sets: readonly (readonly Polygon[])[]): Polygon[] {
  return polygonsOf(clip(ClipType.Union, FillRule.NonZero, sets.flatMap(simplePaths), []));
}

export function subtractPolygons(polygons: readonly Polygon[], cut: readonly Polygon[]): Polygon[] {
  return polygonsOf(clip(ClipType.Difference, FillRule.NonZero, simplePaths(polygons), simplePaths(cut)));
}

/** The part of polygons that lies on an image of this size. */
export function clipPolygons(polygons: readonly Polygon[], { width, height }: Size): readonly Polygon[] {
  const { x0, y0, x1, y1 } = boxOfPolygons(polygons);
  if (x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height) return polygons;
  const frame = pathOf([
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ]);
  return polygonsOf(clip(ClipType.Intersection, FillRule.NonZero, simplePaths(polygons), [frame]));
}

export function polygonsOverlap(a: readonly Polygon[], b: readonly Polygon[]): boolean {
  return clip(ClipType.Intersection, FillRule.NonZero, simplePaths(a), simplePaths(b)).count > 0;
}

/** Rings that do not cross themselves, exteriors turning one way and holes the other: what the non-zero rule needs. */
function simplePaths(polygons: readonly Polygon[]): Path64[] {
  return polygons.flatMap(({ exterior, holes }) =>
    pathsIn(clip(ClipType.Difference, FillRule.EvenOdd, [pathOf(exterior)], holes.map(pathOf))),
  );
}

function clip(type: ClipType, rule: FillRule, subject: Path64[], by: Path64[]): PolyTree64 {
  const clipper = new Clipper64();
  // where two borders ran along each other no corner is left in the middle of a straight line
  clipper.preserveCollinear = false;
  clipper.addSubject(subject);
  clipper.addClip(by);
  const result = new PolyTree64();
  clipper.execute(type, rule, result);
  return result;
}

function pathsIn(node: PolyPath64): Path64[] {
  return children(node).flatMap((child) => [child.poly ?? [], ...pathsIn(child)]);
}

/** Exteriors hold holes, and holes hold the parts that lie in them. */
function polygonsOf(tree: PolyPath64): Polygon[] {
  return children(tree).flatMap((part) => {
    const holes = children(part);
    return [{ exterior: ringOf(part), holes: holes.map(ringOf) }, ...holes.flatMap(polygonsOf)];
  });
}

function children(node: PolyPath64): PolyPath64[] {
  return Array.from({ length: node.count }, (_, i) => node.child(i));
}

function pathOf(ring: Ring): Path64 {
  return ring.map(([x, y]) => ({ x: Math.round(x * PLACES), y: Math.round(y * PLACES) }));
}

function ringOf({ poly }: PolyPath64): Ring {
  return (poly ?? []).map(({ x, y }): Point => [x / PLACES, y / PLACES]);
}
