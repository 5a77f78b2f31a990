/** The image at full size, a half, a quarter …: drawing costs what the screen has pixels, not what the image has. */
import { intersectBoxes, isEmptyBox } from "../geometry/box.ts";
import type { Size } from "../geometry/types.ts";
import { seenBox, type View } from "./view.ts";

/** Levels below this long side are not worth having. */
const SMALLEST = 512;
/** From this zoom on pixels are shown as squares: a brush needs to see them. */
const SQUARE_PIXELS_FROM = 3;

export class ImagePyramid {
  readonly size: Size;
  #levels: ImageBitmap[];
  #closed = false;

  /** `size` is the image's own, where `full` is but a smaller stand-in. */
  constructor(full: ImageBitmap, size: Size = full) {
    this.size = { width: size.width, height: size.height };
    this.#levels = [full];
  }

  /** Makes the smaller levels, away from the main thread; drawing works meanwhile. */
  async build(): Promise<void> {
    for (;;) {
      const last = this.#levels[this.#levels.length - 1];
      if (!last || this.#closed || Math.max(last.width, last.height) / 2 < SMALLEST) return;
      const half = await createImageBitmap(last, {
        resizeWidth: Math.max(1, Math.round(last.width / 2)),
        resizeHeight: Math.max(1, Math.round(last.height / 2)),
        resizeQuality: "medium",
      });
      if (this.#closed) half.close();
      else this.#levels.push(half);
    }
  }

  /** Draws what lies on the screen grown by a margin; the context's origin is that margin's corner. */
  draw(context: CanvasRenderingContext2D, view: View, screen: Size, margin: number, ratio: number): void {
    const frame = { x0: 0, y0: 0, x1: this.size.width, y1: this.size.height };
    const seen = intersectBoxes(seenBox(view, screen, margin), frame);
    if (isEmptyBox(seen)) return;
    const level = this.#levelFor(view.scale * ratio);
    const shrinkX = level.width / this.size.width;
    const shrinkY = level.height / this.size.height;
    const x0 = Math.floor(seen.x0);
    const y0 = Math.floor(seen.y0);
    const width = Math.min(this.size.width, Math.ceil(seen.x1)) - x0;
    const height = Math.min(this.size.height, Math.ceil(seen.y1)) - y0;
    context.imageSmoothingEnabled = view.scale < SQUARE_PIXELS_FROM;
    context.imageSmoothingQuality = "medium";
    context.drawImage(
      level,
      x0 * shrinkX,
      y0 * shrinkY,
      width * shrinkX,
      height * shrinkY,
      x0 * view.scale + view.x + margin,
      y0 * view.scale + view.y + margin,
      width * view.scale,
      height * view.scale,
    );
  }

  /** Pixels of the full image in a square of at most `side` around a point. */
  read(
    x: number,
    y: number,
    side: number,
  ): { rgba: Uint8ClampedArray; frame: { x0: number; y0: number; x1: number; y1: number } } | null {
    const [full] = this.#levels;
    if (!full || this.#closed || full.width !== this.size.width) return null;
    const x0 = Math.max(0, Math.floor(x - side / 2));
    const y0 = Math.max(0, Math.floor(y - side / 2));
    const width = Math.min(side, this.size.width - x0);
    const height = Math.min(side, this.size.height - y0);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return null;
    context.drawImage(full, x0, y0, width, height, 0, 0, width, height);
    const rgba = context.getImageData(0, 0, width, height).data;
    return { rgba, frame: { x0, y0, x1: x0 + width, y1: y0 + height } };
  }

  close(): void {
    this.#closed = true;
    for (const level of this.#levels) level.close();
  }

  /** The smallest level that still has a pixel for each on the screen. */
  #levelFor(scale: number): ImageBitmap {
    let best = this.#levels[0] as ImageBitmap;
    for (const level of this.#levels) if (level.width / this.size.width >= scale) best = level;
    return best;
  }
}
