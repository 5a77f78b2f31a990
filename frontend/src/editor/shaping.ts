/** Commands on whole shapes: adding rings, painted masks, converting, joining, simplifying. */
import { type Bitmap, combineMasks, type Mask, maskIou, masksMeet, packMask, unpackMask } from "../geometry/bitmap.ts";
import { boxesTouch } from "../geometry/box.ts";
import { isInRing } from "../geometry/measure.ts";
import { outlineOf } from "../geometry/outline.ts";
import { polygonsOverlap, subtractPolygons, unitePolygons } from "../geometry/polygonBooleans.ts";
import { polygonsToMask } from "../geometry/raster.ts";
import { simplifyPolygons } from "../geometry/simplify.ts";
import type { Polygon, Ring, Size } from "../geometry/types.ts";
import type { Change, CommandName } from "./document.ts";
import type { RingPurpose } from "./draft.ts";
import type { Editor } from "./editor.ts";
import {
  type Instance,
  isEmptyShape,
  type Shape,
  sameInstance,
  shapeBox,
  shapeMask,
  shapePoints,
  shapePolygons,
} from "./instance.ts";
import type { Conversion } from "./ports.ts";

/**
 * How far polygons made from a bitmap may lie from its pixel edges, in image pixels; the first that is faithful is taken. From a pixel
 * on, the stairs of a slanted edge are one line.
 */
const CONVERSION_TOLERANCES = [1.1, 0.75, 0.5, 0.25];
const LEAST_CONVERSION_IOU = 0.99;

/** Adds a closed ring as an object, as a part of the selected one, or as a hole in it. */
export function addRing(editor: Editor, purpose: RingPurpose, ring: Ring): void {
  if (!coversArea(ring)) return;
  const selected = editor.selected;
  if (purpose === "object" || !selected) {
    const drawn: Shape = { kind: "polygons", polygons: [{ exterior: ring, holes: [] }] };
    if (purpose !== "hole") addObject(editor, editor.mode === "bitmap" ? painted(editor, drawn) : drawn, "draw");
    return;
  }
  if (!editor.mayChange(selected.id)) return;
  if (purpose === "part") reshape(editor, selected, withPart(editor, selected, ring), "addPart");
  else reshape(editor, selected, withHole(editor, selected.shape, ring), "addHole");
}

/** Of one that crosses itself the halves may cancel each other out in its signed area, and cover theirs. */
function coversArea(ring: Ring): boolean {
  return unitePolygons([[{ exterior: ring, holes: [] }]]).length > 0;
}

function painted(editor: Editor, shape: Shape): Shape {
  return { kind: "mask", mask: sparingOthers(editor, undefined, shapeMask(shape, editor.document.image)) };
}

export function addObject(editor: Editor, shape: Shape, name: CommandName): void {
  const label = editor.requireLabel();
  if (label === null || isEmptyShape(shape)) return;
  const instance: Instance = { id: editor.newId(), label, shape, crowd: false, source: "manual" };
  editor.execute({ name, changes: [editor.document.add(instance)] });
  editor.select(instance.id);
}

/** Gives an object another shape; an object without pixels goes. */
export function reshape(editor: Editor, instance: Instance, shape: Shape, name: CommandName): void {
  if (shape === instance.shape) return;
  const change = isEmptyShape(shape)
    ? editor.document.remove(instance.id)
    : editor.document.replace({ ...instance, shape });
  editor.execute({ name, changes: [change] });
}

/** What a stroke or fill left. */
export function paintedMask(editor: Editor, target: Instance | undefined, bitmap: Bitmap): Mask {
  return sparingOthers(editor, target, packMask(bitmap));
}

/** Of the pixels that were added to an object, those of other objects are spared where the setting says so. */
function sparingOthers(editor: Editor, target: Instance | undefined, mask: Mask): Mask {
  if (!editor.settings.protectOthers || mask.area === 0) return mask;
  const { image, instances } = editor.document;
  const box = shapeBox({ kind: "mask", mask });
  const others = instances
    .filter(({ id, shape }) => id !== target?.id && !editor.hidden.has(id) && boxesTouch(shapeBox(shape), box))
    .map((other) => shapeMask(other.shape, image));
  if (others.length === 0) return mask;
  const spared = combineMasks(mask, others, "subtract");
  return target ? combineMasks(spared, [shapeMask(target.shape, image)], "unite") : spared;
}

/** Makes the objects those of another state of the image, in its drawing order. */
export function restore(editor: Editor, wanted: readonly Instance[]): void {
  const list = [...editor.document.instances];
  const changes: Change[] = [];
  const take = (index: number) => ({ instance: list.splice(index, 1)[0] as Instance, index });
  const kept = new Set(wanted.map(({ id }) => id));
  for (let index = list.length - 1; index >= 0; index--) {
    const { id } = list[index] as Instance;
    if (!kept.has(id)) changes.push({ id, before: take(index), after: null });
  }
  wanted.forEach((instance, index) => {
    const { id } = instance;
    const from = list.findIndex((other) => other.id === id);
    if (from === index && sameInstance(list[index] ?? null, instance)) return;
    changes.push({ id, before: from < 0 ? null : take(from), after: { instance, index } });
    list.splice(index, 0, instance);
  });
  if (changes.length > 0) editor.execute({ name: "restore", changes });
}

export function convert(editor: Editor, instance: Instance): void {
  const conversion = converted(instance.shape, editor.document.image);
  reshape(editor, instance, conversion.shape, "convert");
  editor.converted(conversion);
}

function converted(shape: Shape, image: Size): Conversion {
  if (shape.kind === "polygons") return { shape: { kind: "mask", mask: shapeMask(shape, image) }, iou: 1 };
  const { polygons, iou } = faithfulPolygons(shape.mask, image);
  return { shape: { kind: "polygons", polygons }, iou };
}

/** Polygons with as few corners as still cover the bitmap's pixels well; holes stay, however small. */
export function faithfulPolygons(mask: Mask, image: Size): { polygons: readonly Polygon[]; iou: number } {
  const outline = outlineOf(unpackMask(mask));
  for (const tolerance of CONVERSION_TOLERANCES) {
    const polygons = simplifyPolygons(outline, tolerance);
    const iou = maskIou(polygonsToMask(polygons, image), mask);
    if (iou >= LEAST_CONVERSION_IOU) return { polygons, iou };
  }
  return { polygons: outline, iou: 1 };
}

/** Takes an outline with another number of corners. */
export function simplify(editor: Editor, instance: Instance, simple: Instance): void {
  editor.setPreview(null);
  if (shapePoints(simple.shape) !== shapePoints(instance.shape)) reshape(editor, instance, simple.shape, "simplify");
}

/** Drops corners that lie within a tolerance of the outline without them, in image pixels. */
export function simplified(instance: Instance, tolerance: number): Instance {
  if (instance.shape.kind !== "polygons" || tolerance === 0) return instance;
  return { ...instance, shape: { kind: "polygons", polygons: simplifyPolygons(instance.shape.polygons, tolerance) } };
}

/** Joins the selected object with those of the same label that it meets, or cuts from it all that it overlaps. */
export function combine(editor: Editor, instance: Instance, operation: "unite" | "subtract"): void {
  const { document } = editor;
  const mask = shapeMask(instance.shape, document.image);
  const others = document.instances.filter(
    (other) =>
      other.id !== instance.id &&
      !editor.isFixed(other.id) &&
      (operation === "subtract" || other.label === instance.label) &&
      boxesTouch(shapeBox(other.shape), shapeBox(instance.shape)) &&
      masksMeet(mask, shapeMask(other.shape, document.image)),
  );
  if (others.length === 0) return;
  const shapes = others.map((other) => other.shape);
  const shape = combinedShape(editor, instance.shape, shapes, operation);
  // from the top down, so that each one's place is still right when it goes, and when it comes back
  const gone = operation === "unite" ? others.toReversed().map((other) => document.remove(other.id)) : [];
  const own = isEmptyShape(shape) ? document.remove(instance.id) : document.replace({ ...instance, shape });
  editor.execute({ name: "combine", changes: [own, ...gone] });
}

/** A mask stays a mask, and polygons stay polygons with their corners, whatever the others are. */
function combinedShape(editor: Editor, shape: Shape, others: readonly Shape[], operation: "unite" | "subtract"): Shape {
  const { image } = editor.document;
  if (shape.kind === "mask") {
    const masks = others.map((other) => shapeMask(other, image));
    return { kind: "mask", mask: combineMasks(shape.mask, masks, operation) };
  }
  const sets = others.map((other) => shapePolygons(other, 0));
  const polygons =
    operation === "unite"
      ? unitePolygons([shape.polygons, ...sets])
      : subtractPolygons(shape.polygons, unitePolygons(sets));
  return { kind: "polygons", polygons };
}

/** A part that meets none of the object's polygons stays as it was drawn; else they become one. */
function withPart(editor: Editor, instance: Instance, ring: Ring): Shape {
  const { shape } = instance;
  const part: Polygon = { exterior: ring, holes: [] };
  if (shape.kind === "polygons") {
    const united = unitePolygons([shape.polygons, [part]]);
    const isApart = united.length === shape.polygons.length + 1;
    return { kind: "polygons", polygons: isApart ? [...shape.polygons, part] : united };
  }
  const mask = combineMasks(shape.mask, [polygonsToMask([part], editor.document.image)], "unite");
  return { kind: "mask", mask: sparingOthers(editor, instance, mask) };
}

/** A hole within one polygon stays as it was drawn; one across the border is cut off, and may cut the object in two. */
function withHole(editor: Editor, shape: Shape, ring: Ring): Shape {
  const cut: Polygon = { exterior: ring, holes: [] };
  if (shape.kind === "mask") {
    const mask = polygonsToMask([cut], editor.document.image);
    return { kind: "mask", mask: combineMasks(shape.mask, [mask], "subtract") };
  }
  if (!polygonsOverlap(shape.polygons, [cut])) return shape;
  const left = subtractPolygons(shape.polygons, [cut]);
  const target = shape.polygons.findIndex(({ exterior }) => ring.every((point) => isInRing(exterior, point)));
  const isWithin = target >= 0 && left.length === shape.polygons.length && holes(left) === holes(shape.polygons) + 1;
  if (!isWithin) return { kind: "polygons", polygons: left };
  return {
    kind: "polygons",
    polygons: shape.polygons.map((polygon, i) =>
      i === target ? { exterior: polygon.exterior, holes: [...polygon.holes, ring] } : polygon,
    ),
  };
}

function holes(polygons: readonly Polygon[]): number {
  return polygons.reduce((sum, polygon) => sum + polygon.holes.length, 0);
}
