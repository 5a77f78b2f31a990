/** Draws the objects that are not being edited. */
import { shapeBox } from "../editor/instance.ts";
import { pathOf } from "./paths.ts";
import type { SceneObject } from "./sceneMessages.ts";

/** Look of an outline on any photograph: 2 px of the label's colour in a 4 px opaque black halo (design tokens). */
export const HALO_WIDTH = 4;
export const OUTLINE_WIDTH = 2;
export const HALO_COLOR = "#000";

/** Objects smaller than this on the screen are drawn as a spot. */
const SPOT = 3;

export interface SceneLook {
  readonly colorOf: (label: string) => string;
  /** 0-1. */
  readonly fill: number;
}

/** What drawing asks of a canvas, on the page or not. */
export type SceneContext = CanvasPathDrawingStyles &
  CanvasFillStrokeStyles &
  CanvasDrawPath &
  CanvasRect &
  CanvasCompositing;

/**
 * Draws all fills, then all halos, then all outlines; the context maps image pixels to the canvas at `scale` CSS pixels each. Each
 * object is drawn by itself, so that a part of the scene looks alike whether it is drawn alone or with the rest.
 */
export function drawScene(
  context: SceneContext,
  objects: readonly SceneObject[],
  scale: number,
  { fill, colorOf }: SceneLook,
): void {
  const shapes = objects.filter((object) => !isSpot(object, scale));
  context.lineJoin = "round";
  if (fill > 0) {
    context.globalAlpha = fill;
    for (const { shape, label } of shapes) {
      context.fillStyle = colorOf(label);
      context.fill(pathOf(shape, scale), "evenodd");
    }
    context.globalAlpha = 1;
  }
  context.lineWidth = HALO_WIDTH / scale;
  context.strokeStyle = HALO_COLOR;
  for (const { shape } of shapes) context.stroke(pathOf(shape, scale));
  context.lineWidth = OUTLINE_WIDTH / scale;
  for (const object of objects) {
    context.strokeStyle = colorOf(object.label);
    drawOutline(context, object, scale);
  }
}

function drawOutline(context: SceneContext, object: SceneObject, scale: number): void {
  const { x0, y0, x1, y1 } = shapeBox(object.shape);
  if (isSpot(object, scale)) context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  else context.stroke(pathOf(object.shape, scale));
}

function isSpot({ shape }: SceneObject, scale: number): boolean {
  const { x0, y0, x1, y1 } = shapeBox(shape);
  return Math.max(x1 - x0, y1 - y0) * scale < SPOT;
}
