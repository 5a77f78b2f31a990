/** Draws the objects that are not being edited. */
import type { Instance } from "../editor/instance.ts";
import { shapeBox } from "../editor/instance.ts";
import { pathOf } from "./paths.ts";

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

/** Objects of one step: about what a frame has time for without a graphics card. */
export const STEP_OBJECTS = 60;

/** Draws everything at once; the context maps image pixels to the canvas at `scale` CSS pixels each. */
export function drawScene(
  context: CanvasRenderingContext2D,
  instances: readonly Instance[],
  scale: number,
  look: SceneLook,
): void {
  for (const _ of drawSceneSteps(context, instances, scale, look));
}

/**
 * The same in steps, between which others may use the time: all fills, then all halos, then all outlines. Each object is drawn by
 * itself, so that a part of the scene looks alike whether it is drawn alone or with the rest.
 */
export function* drawSceneSteps(
  context: CanvasRenderingContext2D,
  instances: readonly Instance[],
  scale: number,
  look: SceneLook,
): Generator<void> {
  const shapes = instances.filter((instance) => !isSpot(instance, scale));
  context.lineJoin = "round";
  if (look.fill > 0) {
    for (const some of portions(shapes)) {
      context.globalAlpha = look.fill;
      for (const { shape, label } of some) {
        context.fillStyle = look.colorOf(label);
        context.fill(pathOf(shape, scale), "evenodd");
      }
      context.globalAlpha = 1;
      yield;
    }
  }
  for (const some of portions(shapes)) {
    context.lineWidth = HALO_WIDTH / scale;
    context.strokeStyle = HALO_COLOR;
    for (const { shape } of some) context.stroke(pathOf(shape, scale));
    yield;
  }
  for (const some of portions(instances)) {
    context.lineWidth = OUTLINE_WIDTH / scale;
    for (const instance of some) {
      context.strokeStyle = look.colorOf(instance.label);
      drawOutline(context, instance, scale);
    }
    yield;
  }
}

function drawOutline(context: CanvasRenderingContext2D, instance: Instance, scale: number): void {
  const { x0, y0, x1, y1 } = shapeBox(instance.shape);
  if (isSpot(instance, scale)) context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  else context.stroke(pathOf(instance.shape, scale));
}

function isSpot({ shape }: Instance, scale: number): boolean {
  const { x0, y0, x1, y1 } = shapeBox(shape);
  return Math.max(x1 - x0, y1 - y0) * scale < SPOT;
}

function* portions<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += STEP_OBJECTS) yield items.slice(start, start + STEP_OBJECTS);
}
