/** Outlines on a thumbnail: the label's colour in a black halo, so that they show on any photo. */
import type { Outlines } from "./outlines.ts";

const HALO_PX = 3.5;
const LINE_PX = 1.75;
const FILL = 0.08;
/** From so many objects on the lines are thinner: they would hide what they outline. */
const DENSE_OBJECTS = 60;
const DENSE_SHARE = 0.7;

interface Size {
  width: number;
  height: number;
}

/** From pixels of the image to those of the canvas. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

interface DrawingOptions {
  colorOf: ReadonlyMap<number, string>;
  place: Placement;
  /** Pixels of the canvas in one of the page. */
  pixel: number;
}

/** Where CSS puts an image with object-fit into a box. */
export function placeImage(image: Size, box: Size, fit: "cover" | "contain"): Placement {
  const scales = [box.width / image.width, box.height / image.height];
  const scale = fit === "cover" ? Math.max(...scales) : Math.min(...scales);
  return {
    scale,
    left: (box.width - image.width * scale) / 2,
    top: (box.height - image.height * scale) / 2,
  };
}

export function drawOutlines(context: CanvasRenderingContext2D, outlines: Outlines, options: DrawingOptions): void {
  const { colorOf, place } = options;
  const pixel = options.pixel * (outlines.objectCount < DENSE_OBJECTS ? 1 : DENSE_SHARE);
  const paths = new Map<number, Path2D>();
  for (const { labelId, points } of outlines.rings) {
    const path = paths.get(labelId) ?? new Path2D();
    paths.set(labelId, path);
    addRing(path, points, place);
  }
  context.lineJoin = "round";
  context.lineWidth = HALO_PX * pixel;
  context.strokeStyle = "#000000";
  for (const path of paths.values()) context.stroke(path);
  context.lineWidth = LINE_PX * pixel;
  for (const [labelId, path] of paths) {
    const color = colorOf.get(labelId) ?? "#ffffff";
    context.strokeStyle = color;
    context.fillStyle = color;
    context.globalAlpha = FILL;
    context.fill(path, "evenodd");
    context.globalAlpha = 1;
    context.stroke(path);
  }
}

function addRing(path: Path2D, points: Float32Array, { scale, left, top }: Placement): void {
  for (let at = 0; at + 1 < points.length; at += 2) {
    const x = left + (points[at] ?? 0) * scale;
    const y = top + (points[at + 1] ?? 0) * scale;
    if (at === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  }
  path.closePath();
}
