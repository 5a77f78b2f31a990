/**
 * Unions and differences of polygons that keep their corners. Clipper works on whole numbers, here the hundredths of a pixel
 * that corners lie on, so that a corner comes back exactly as it was.
 */
import { Clipper64, ClipType, FillRule, type Path64, type Point64, type PolyPath64, PolyTree64 } from "clipper2-ts";
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
  return clip(ClipType.Intersection, FillRule.NonZero, simplePaths(a), simplePaths(b)).length > 0;
}

/** Rings that do not cross themselves, exteriors turning one way and holes the other: what the non-zero rule needs. */
function simplePaths(polygons: readonly Polygon[]): Path64[] {
  return polygons.flatMap(({ exterior, holes }) =>
    pathsIn(clip(ClipType.Difference, FillRule.EvenOdd, [pathOf(exterior)], holes.map(pathOf))),
  );
}

/** What a boolean leaves: a path, and those right within it. Exteriors hold holes, and holes the parts that lie in them. */
interface Outline {
  readonly path: Path64;
  readonly within: readonly Outline[];
}

function clip(type: ClipType, rule: FillRule, subject: Path64[], by: Path64[]): readonly Outline[] {
  const clipper = new Clipper64();
  // where two borders ran along each other no corner is left in the middle of a straight line
  clipper.preserveCollinear = false;
  const slant = slantWithoutLevelEdges([...subject, ...by]);
  clipper.addSubject(slanted(subject, slant));
  clipper.addClip(slanted(by, slant));
  const result = new PolyTree64();
  clipper.execute(type, rule, result);
  return outlinesIn(result, slant);
}

/**
 * How far each column has to be moved down against the one before it for no edge to be level: where level edges lie on each other,
 * clipper2-ts may lose a part (decision 0026). Points of the grid stay points of the grid.
 */
function slantWithoutLevelEdges(paths: readonly Path64[]): number {
  const slopes = new Set(
    paths.flatMap((path) => path.map((corner, i) => slope(corner, path[(i + 1) % path.length] as Point64))),
  );
  let slant = 1;
  while (slopes.has(-slant)) slant++;
  return slant;
}

function slope(from: Point64, to: Point64): number {
  return (to.y - from.y) / (to.x - from.x);
}

function slanted(paths: readonly Path64[], slant: number): Path64[] {
  return paths.map((path) => path.map(({ x, y }) => ({ x, y: y + slant * x })));
}

function outlinesIn(node: PolyPath64, slant: number): Outline[] {
  return Array.from({ length: node.count }, (_, i) => {
    const child = node.child(i);
    const [path] = slanted([child.poly ?? []], -slant);
    return { path: path as Path64, within: outlinesIn(child, slant) };
  });
}

function pathsIn(outlines: readonly Outline[]): Path64[] {
  return outlines.flatMap(({ path, within }) => [path, ...pathsIn(within)]);
}

function polygonsOf(outlines: readonly Outline[]): Polygon[] {
  return outlines.flatMap(({ path, within: holes }) => [
    { exterior: ringOf(path), holes: holes.map((hole) => ringOf(hole.path)) },
    ...holes.flatMap((hole) => polygonsOf(hole.within)),
  ]);
}

function pathOf(ring: Ring): Path64 {
  return ring.map(([x, y]) => ({ x: Math.round(x * PLACES), y: Math.round(y * PLACES) }));
}

function ringOf(path: Path64): Ring {
  return path.map(({ x, y }): Point => [x / PLACES, y / PLACES]);
}
