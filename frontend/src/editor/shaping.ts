/** Commands on whole shapes: adding rings, painted masks, converting, joining, simplifying. */
import { type Bitmap, combineMasks, type Mask, packMask } from "../geometry/bitmap.ts";
import { boxesTouch } from "../geometry/box.ts";
import { isInRing, signedRingArea } from "../geometry/measure.ts";
import { polygonsToMask } from "../geometry/raster.ts";
import { simplifyPolygons } from "../geometry/simplify.ts";
import type { Point, Polygon, Ring } from "../geometry/types.ts";
import type { CommandName } from "./document.ts";
import type { RingPurpose } from "./draft.ts";
import type { Editor } from "./editor.ts";
import {
  type Instance,
  isEmptyShape,
  type Shape,
  shapeBox,
  shapeMask,
  shapePoints,
  shapePolygons,
} from "./instance.ts";

/** How far polygons made from a bitmap may lie from its pixel edges, in image pixels. */
const CONVERSION_TOLERANCE = 0.75;

/** Adds a closed ring as an object, as a part of the selected one, or as a hole in it. */
export function addRing(editor: Editor, purpose: RingPurpose, ring: Ring): void {
  if (ring.length < 3 || signedRingArea(ring) === 0) return;
  const selected = editor.selected;
  if (purpose === "object" || !selected) {
    const drawn: Shape = { kind: "polygons", polygons: [{ exterior: ring, holes: [] }] };
    const { image } = editor.document;
    addObject(editor, editor.mode === "bitmap" ? { kind: "mask", mask: shapeMask(drawn, image) } : drawn, "draw");
    return;
  }
  if (purpose === "part") reshape(editor, selected, withPart(editor, selected.shape, ring), "addPart");
  else reshape(editor, selected, withHole(editor, selected.shape, ring), "addHole");
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

/** What a stroke or fill left, as the object's mask; other objects' pixels are spared where the setting says so. */
export function paintedMask(editor: Editor, id: string, bitmap: Bitmap): Mask {
  const mask = packMask(bitmap);
  if (!editor.settings.protectOthers || mask.area === 0) return mask;
  const box = shapeBox({ kind: "mask", mask });
  const others = editor.document.instances
    .filter((other) => other.id !== id && !editor.hidden.has(other.id) && boxesTouch(shapeBox(other.shape), box))
    .map((other) => shapeMask(other.shape, editor.document.image));
  return others.length > 0 ? combineMasks(mask, others, "subtract") : mask;
}

export function convert(editor: Editor, instance: Instance): void {
  const shape: Shape =
    instance.shape.kind === "polygons"
      ? { kind: "mask", mask: shapeMask(instance.shape, editor.document.image) }
      : { kind: "polygons", polygons: shapePolygons(instance.shape, CONVERSION_TOLERANCE) };
  reshape(editor, instance, shape, "convert");
}

/** Drops corners that lie within a tolerance of the outline without them, in image pixels. */
export function simplify(editor: Editor, instance: Instance, tolerance: number): void {
  const simple = simplified(instance, tolerance);
  editor.setPreview(null);
  if (shapePoints(simple.shape) !== shapePoints(instance.shape)) reshape(editor, instance, simple.shape, "simplify");
}

export function simplified(instance: Instance, tolerance: number): Instance {
  if (instance.shape.kind !== "polygons") return instance;
  return { ...instance, shape: { kind: "polygons", polygons: simplifyPolygons(instance.shape.polygons, tolerance) } };
}

/** Joins the selected object with those of the same label that it touches, or cuts from it all that it overlaps. */
export function combine(editor: Editor, instance: Instance, operation: "unite" | "subtract"): void {
  const { document } = editor;
  const mask = shapeMask(instance.shape, document.image);
  const others = document.instances.filter(
    (other) =>
      other.id !== instance.id &&
      !editor.isFixed(other.id) &&
      (operation === "subtract" || other.label === instance.label) &&
      boxesTouch(shapeBox(other.shape), shapeBox(instance.shape)),
  );
  if (others.length === 0) return;
  const result = combineMasks(
    mask,
    others.map((other) => shapeMask(other.shape, document.image)),
    operation,
  );
  if (operation === "subtract" && result.area === mask.area) return;
  const shape: Shape = { kind: "mask", mask: result };
  const kept: Shape =
    instance.shape.kind === "mask" ? shape : { kind: "polygons", polygons: shapePolygons(shape, CONVERSION_TOLERANCE) };
  // from the top down, so that each one's place is still right when it goes, and when it comes back
  const gone = operation === "unite" ? others.toReversed().map((other) => document.remove(other.id)) : [];
  const own = isEmptyShape(kept) ? document.remove(instance.id) : document.replace({ ...instance, shape: kept });
  editor.execute({ name: "combine", changes: [own, ...gone] });
}

function withPart(editor: Editor, shape: Shape, ring: Ring): Shape {
  const part: Polygon = { exterior: ring, holes: [] };
  if (shape.kind === "polygons") return { kind: "polygons", polygons: [...shape.polygons, part] };
  const mask = combineMasks(shape.mask, [polygonsToMask([part], editor.document.image)], "unite");
  return { kind: "mask", mask };
}

/** The hole goes to the polygon that holds most of its corners. */
function withHole(editor: Editor, shape: Shape, ring: Ring): Shape {
  if (shape.kind === "mask") {
    const cut = polygonsToMask([{ exterior: ring, holes: [] }], editor.document.image);
    return { kind: "mask", mask: combineMasks(shape.mask, [cut], "subtract") };
  }
  const held = shape.polygons.map((polygon) => ring.filter((point: Point) => isInRing(polygon.exterior, point)).length);
  const most = Math.max(0, ...held);
  if (most === 0) return shape;
  const target = held.indexOf(most);
  return {
    kind: "polygons",
    polygons: shape.polygons.map((polygon, i) =>
      i === target ? { exterior: polygon.exterior, holes: [...polygon.holes, ring] } : polygon,
    ),
  };
}
