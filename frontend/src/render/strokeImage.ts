/** The stroke in progress as a small canvas; each frame repaints only the box that changed. */
import type { Draft } from "../editor/draft.ts";
import type { Bitmap } from "../geometry/bitmap.ts";
import { bitmapBox } from "../geometry/bitmap.ts";
import { intersectBoxes, isEmptyBox, uniteBoxes } from "../geometry/box.ts";
import type { Box } from "../geometry/types.ts";

type Stroke = Extract<Draft, { kind: "stroke" }>;

export class StrokeImage {
  #canvas: OffscreenCanvas | null = null;
  #bitmap: Bitmap | null = null;
  #color = "";
  #id = "";

  /** `dirty` joins the boxes of all changes since the last call. */
  draw(context: CanvasRenderingContext2D, stroke: Stroke, dirty: Box, color: string): void {
    const { bitmap } = stroke;
    if (bitmap.width === 0 || bitmap.height === 0) return;
    const changed = intersectBoxes(uniteBoxes(dirty, stroke.dirty), bitmapBox(bitmap));
    if (this.#bitmap !== bitmap || this.#color !== color || !this.#canvas) {
      const painted = this.#color === color && this.#id === stroke.id ? this.#canvas : null;
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      // the bitmap grew: what was painted stays
      if (painted && this.#bitmap) {
        canvas.getContext("2d")?.drawImage(painted, this.#bitmap.x - bitmap.x, this.#bitmap.y - bitmap.y);
      }
      this.#canvas = canvas;
      this.#bitmap = bitmap;
      this.#color = color;
      this.#id = stroke.id;
      this.#paint(painted ? changed : bitmapBox(bitmap));
    } else {
      this.#paint(changed);
    }
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#canvas, bitmap.x, bitmap.y);
  }

  clear(): void {
    this.#canvas = null;
    this.#bitmap = null;
  }

  #paint(box: Box): void {
    const context = this.#canvas?.getContext("2d");
    const bitmap = this.#bitmap;
    if (!context || !bitmap || isEmptyBox(box)) return;
    const width = box.x1 - box.x0;
    const image = context.createImageData(width, box.y1 - box.y0);
    const pixels = new Uint32Array(image.data.buffer);
    const [color] = new Uint32Array(Uint8ClampedArray.of(...channelsOf(this.#color), 255).buffer);
    let to = 0;
    for (let y = box.y0; y < box.y1; y++) {
      let from = (y - bitmap.y) * bitmap.width + box.x0 - bitmap.x;
      for (let x = 0; x < width; x++, from++, to++) {
        if (bitmap.data[from]) pixels[to] = color as number;
      }
    }
    context.putImageData(image, box.x0 - bitmap.x, box.y0 - bitmap.y);
  }
}

/** Red, green and blue of "#rrggbb"; orange for anything else. */
export function channelsOf(color: string): [number, number, number] {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!match) return [230, 159, 0];
  return [
    Number.parseInt(match[1] ?? "", 16),
    Number.parseInt(match[2] ?? "", 16),
    Number.parseInt(match[3] ?? "", 16),
  ];
}
