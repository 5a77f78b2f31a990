/** Draws the objects that are not being edited. */
import type { Instance } from "../editor/instance.ts";
import { shapeBox } from "../editor/instance.ts";
import type { Box } from "../geometry/types.ts";
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

/** The context maps image pixels to the canvas at `scale` CSS pixels each. Answers how many objects were drawn. */
export function drawScene(
  context: CanvasRenderingContext2D,
  instances: readonly Instance[],
  seen: Box,
  scale: number,
  look: SceneLook,
): number {
  const outlines = new Map<string, Path2D>();
  const halo = new Path2D();
  let drawn = 0;
  context.globalAlpha = look.fill;
  for (const instance of instances) {
    const box = shapeBox(instance.shape);
    if (box.x1 < seen.x0 || box.y1 < seen.y0 || box.x0 > seen.x1 || box.y0 > seen.y1) continue;
    drawn++;
    const color = look.colorOf(instance.label);
    let outline = outlines.get(color);
    if (!outline) {
      outline = new Path2D();
      outlines.set(color, outline);
    }
    if (Math.max(box.x1 - box.x0, box.y1 - box.y0) * scale < SPOT) {
      outline.rect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0);
      continue;
    }
    const path = pathOf(instance.shape, scale);
    context.fillStyle = color;
    if (look.fill > 0) context.fill(path, "evenodd");
    outline.addPath(path);
    halo.addPath(path);
  }
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.lineWidth = HALO_WIDTH / scale;
  context.strokeStyle = HALO_COLOR;
  context.stroke(halo);
  context.lineWidth = OUTLINE_WIDTH / scale;
  for (const [color, outline] of outlines) {
    context.strokeStyle = color;
    context.stroke(outline);
  }
  return drawn;
}
