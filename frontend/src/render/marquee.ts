/** Draws a rectangle that is being dragged: white in black, so that it shows on any photograph. */
import type { Box } from "../geometry/types.ts";
import { HALO_COLOR } from "./sceneDrawing.ts";
import { toScreen, type View } from "./view.ts";

export function drawMarquee(
  context: CanvasRenderingContext2D,
  view: View,
  box: Box,
  dash: readonly number[] = [],
): void {
  const [x, y] = toScreen(view, [box.x0, box.y0]);
  const width = (box.x1 - box.x0) * view.scale;
  const height = (box.y1 - box.y0) * view.scale;
  context.lineWidth = 3;
  context.strokeStyle = HALO_COLOR;
  context.strokeRect(x, y, width, height);
  context.lineWidth = 1;
  context.strokeStyle = "#fff";
  context.setLineDash([...dash]);
  context.strokeRect(x, y, width, height);
  context.setLineDash([]);
}
