/** Draws the rectangle and the strokes of smart labeling: white on the object, black beside it. */
import type { Draft } from "../editor/draft.ts";
import { drawMarquee } from "./marquee.ts";
import { toScreen, type View } from "./view.ts";

const STROKE_ALPHA = 0.6;
/** Screen pixels around a stroke, so that it shows on any photograph. */
export const SMART_RIM = 2;
const DASH = [6, 4];

export function drawSmartMarks(
  context: CanvasRenderingContext2D,
  view: View,
  { box, strokes }: Extract<Draft, { kind: "smart" }>,
): void {
  if (box) drawMarquee(context, view, box, DASH);
  context.globalAlpha = STROKE_ALPHA;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { ground, points, radius } of strokes) {
    const path = new Path2D();
    for (const point of points) path.lineTo(...toScreen(view, point));
    // a path of one point draws nothing: a line to itself is a dot
    if (points[0]) path.lineTo(...toScreen(view, points.at(-1) ?? points[0]));
    const width = Math.max(2, 2 * radius * view.scale);
    const [line, rim] = ground === "foreground" ? ["#fff", "#000"] : ["#000", "#fff"];
    context.lineWidth = width + SMART_RIM;
    context.strokeStyle = rim;
    context.stroke(path);
    context.lineWidth = width;
    context.strokeStyle = line;
    context.stroke(path);
  }
  context.globalAlpha = 1;
  context.lineCap = "butt";
}
