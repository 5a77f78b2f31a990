/** One object on the image as the editor holds it: it never changes, an edit makes another. */
import type { Instance as InstanceJson } from "../api/types.ts";
import { bitmapBox, clipMask, isMaskSet, type Mask, masksEqual, moveMask, unpackMask } from "../geometry/bitmap.ts";
import { boxOfPolygons } from "../geometry/box.ts";
import { isInPolygons, placePoint, pointCount, polygonsArea } from "../geometry/measure.ts";
import { outlineOf } from "../geometry/outline.ts";
import { clipPolygons } from "../geometry/polygonBooleans.ts";
import { polygonsToMask } from "../geometry/raster.ts";
import { maskToRle, rleToMask } from "../geometry/rle.ts";
import { simplifyPolygons } from "../geometry/simplify.ts";
import type { Box, Point, Polygon, Ring, Size } from "../geometry/types.ts";

export type Shape =
  | { readonly kind: "polygons"; readonly polygons: readonly Polygon[] }
  | { readonly kind: "mask"; readonly mask: Mask };

export interface Instance {
  readonly id: string;
  readonly label: string;
  readonly shape: Shape;
  readonly crowd: boolean;
  readonly source: string;
}

export function instanceFromJson(json: InstanceJson): Instance {
  const shape: Shape = json.rle
    ? { kind: "mask", mask: rleToMask(json.rle) }
    : {
        kind: "polygons",
        polygons: (json.polygons ?? []).map(({ exterior, holes }) => ({ exterior, holes: holes ?? [] })),
      };
  return { id: json.id, label: json.label, shape, crowd: json.crowd ?? false, source: json.source ?? "manual" };
}

export function instanceToJson(instance: Instance, image: Size): InstanceJson {
  const json: InstanceJson = { id: instance.id, label: instance.label, source: instance.source };
  if (instance.crowd) json.crowd = true;
  if (instance.shape.kind === "mask") {
    const { size, counts } = maskToRle(instance.shape.mask, image);
    json.rle = { size: [size[0], size[1]], counts };
  } else {
    json.polygons = instance.shape.polygons.map(({ exterior, holes }) => ({
      exterior: mutableRing(exterior),
      holes: holes.map(mutableRing),
    }));
  }
  return json;
}

/** Whether two states of an object would be stored alike. */
export function sameInstance(a: Instance | null, b: Instance | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return a.label === b.label && a.crowd === b.crowd && a.source === b.source && sameShape(a.shape, b.shape);
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.kind === "mask") return b.kind === "mask" && masksEqual(a.mask, b.mask);
  return b.kind === "polygons" && samePolygons(a.polygons, b.polygons);
}

/** Shapes never change, so their boxes are found once. */
const boxes = new WeakMap<Shape, Box>();

export function shapeBox(shape: Shape): Box {
  const known = boxes.get(shape);
  if (known) return known;
  const box = shape.kind === "mask" ? bitmapBox(shape.mask) : boxOfPolygons(shape.polygons);
  boxes.set(shape, box);
  return box;
}

/** Pixels: exact for a mask, of the outline for polygons. */
export function shapeArea(shape: Shape): number {
  return shape.kind === "mask" ? shape.mask.area : polygonsArea(shape.polygons);
}

export function shapePoints(shape: Shape): number {
  return shape.kind === "mask" ? 0 : pointCount(shape.polygons);
}

export function shapeHolds(shape: Shape, point: Point): boolean {
  return shape.kind === "mask" ? isMaskSet(shape.mask, point[0], point[1]) : isInPolygons(shape.polygons, point);
}

export function isEmptyShape(shape: Shape): boolean {
  return shape.kind === "mask" ? shape.mask.area === 0 : shape.polygons.length === 0;
}

export function shapeMask(shape: Shape, image: Size): Mask {
  return shape.kind === "mask" ? shape.mask : polygonsToMask(shape.polygons, image);
}

/** Polygons along the mask's pixel edges, or near them within a tolerance. */
export function shapePolygons(shape: Shape, tolerance: number): readonly Polygon[] {
  if (shape.kind === "polygons") return shape.polygons;
  const outline = outlineOf(unpackMask(shape.mask));
  return tolerance > 0 ? simplifyPolygons(outline, tolerance) : outline;
}

/** The shape moved, as far as the image reaches; polygons stop at its edge, a mask loses what is outside. */
export function moveShape(shape: Shape, dx: number, dy: number, image: Size): Shape {
  if (shape.kind === "mask") return { kind: "mask", mask: moveMask(shape.mask, dx, dy, image) };
  const box = boxOfPolygons(shape.polygons);
  const byX = Math.min(Math.max(dx, -box.x0), image.width - box.x1);
  const byY = Math.min(Math.max(dy, -box.y0), image.height - box.y1);
  const moved = (ring: Ring) => ring.map(([x, y]): Point => placePoint([x + byX, y + byY], image.width, image.height));
  return {
    kind: "polygons",
    polygons: shape.polygons.map(({ exterior, holes }) => ({ exterior: moved(exterior), holes: holes.map(moved) })),
  };
}

/** The part of a shape that lies on an image of this size; it may be empty. */
export function clipShape(shape: Shape, image: Size): Shape {
  if (shape.kind === "mask") return { kind: "mask", mask: clipMask(shape.mask, image) };
  return { kind: "polygons", polygons: clipPolygons(shape.polygons, image) };
}

function samePolygons(a: readonly Polygon[], b: readonly Polygon[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((polygon, i) => samePolygon(polygon, b[i] as Polygon));
}

function samePolygon(a: Polygon, b: Polygon): boolean {
  return (
    sameRing(a.exterior, b.exterior) &&
    a.holes.length === b.holes.length &&
    a.holes.every((hole, i) => sameRing(hole, b.holes[i] as Ring))
  );
}

function sameRing(a: Ring, b: Ring): boolean {
  return a.length === b.length && a.every(([x, y], i) => x === b[i]?.[0] && y === b[i]?.[1]);
}

function mutableRing(ring: Ring): [number, number][] {
  return ring.map(([x, y]) => [x, y]);
}
