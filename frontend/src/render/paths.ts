/** Paths of shapes at the detail a zoom shows, made once: a shape never changes. */
import type { Shape } from "../editor/instance.ts";
import { boxOfPoints } from "../geometry/box.ts";
import { roughOutline } from "../geometry/roughOutline.ts";
import { simplifyPolygons } from "../geometry/simplify.ts";
import type { Polygon, Ring } from "../geometry/types.ts";
import { OutlineCache } from "./outlineCache.ts";

/** A point nearer than this to the line, in screen pixels, is not missed. */
const UNSEEN = 0.5;
const LEVELS = 6;

/** Points of masks' outlines that are kept for other levels; a million are some 60 MB. */
const KEPT_POINTS = 500_000;

const outlines = new OutlineCache(KEPT_POINTS);
const known = new WeakMap<Shape, (Path2D | undefined)[]>();

export function pathOf(shape: Shape, scale: number): Path2D {
  let levels = known.get(shape);
  if (!levels) {
    levels = [];
    known.set(shape, levels);
  }
  const level = levelOf(scale);
  const ready = levels[level];
  if (ready) return ready;
  const polygons = level === 0 ? outlines.get(shape) : coarse(outlineFor(shape, level), UNSEEN * 2 ** level);
  const path = new Path2D();
  for (const polygon of polygons) addPolygon(path, polygon);
  levels[level] = path;
  return path;
}

/** From the second level on a mask's outline is traced around squares that are half a pixel on the screen. */
function outlineFor(shape: Shape, level: number): readonly Polygon[] {
  return shape.kind === "mask" && level > 1 ? roughOutline(shape.mask, 2 ** (level - 1)) : outlines.get(shape);
}

/** Level 0 is exact; each next one serves half the scale. */
export function levelOf(scale: number): number {
  return Math.min(LEVELS - 1, Math.max(0, Math.floor(Math.log2(1 / scale))));
}

/** Fewer corners, and without the specks that would be no larger than the tolerance; the largest part stays. */
function coarse(polygons: readonly Polygon[], tolerance: number): Polygon[] {
  const isSeen = (ring: Ring) => {
    const box = boxOfPoints(ring);
    return Math.max(box.x1 - box.x0, box.y1 - box.y0) > 2 * tolerance;
  };
  const seen = polygons
    .filter((polygon, i) => i === 0 || isSeen(polygon.exterior))
    .map(({ exterior, holes }) => ({ exterior, holes: holes.filter(isSeen) }));
  return simplifyPolygons(seen, tolerance);
}

function addPolygon(path: Path2D, polygon: Polygon): void {
  addRing(path, polygon.exterior);
  for (const hole of polygon.holes) addRing(path, hole);
}

function addRing(path: Path2D, ring: Ring): void {
  ring.forEach(([x, y], i) => {
    if (i === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  });
  path.closePath();
}
