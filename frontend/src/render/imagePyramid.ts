/**
 * The image at full size, a half, a quarter …: drawing costs what the screen has pixels, not what the image has. Each level lies in
 * tiles, because graphics cards and browsers draw no single picture of more than some thousand pixels a side.
 */
import { intersectBoxes, isEmptyBox } from "../geometry/box.ts";
import type { Box, Size } from "../geometry/types.ts";
import { seenBox, type View } from "./view.ts";

/** From this zoom on pixels are shown as squares: a brush needs to see them. */
const SQUARE_PIXELS_FROM = 3;
/** Pixels of a tile's side: four fill a large screen, and each is far below what any graphics card takes. */
const TILE = 2048;

/** A piece of a level, from its left upper corner on. */
export interface ImageTile {
  readonly x: number;
  readonly y: number;
  readonly bitmap: ImageBitmap;
}

export interface ImageLevel extends Size {
  readonly tiles: readonly ImageTile[];
}

export class ImagePyramid {
  readonly size: Size;
  /** Called when a level came that would have been drawn in place of the one that was. */
  onBetterLevel: (() => void) | null = null;
  /** The largest first. */
  #levels: ImageLevel[] = [];
  #closed = false;
  #drawn: { scale: number; level: ImageLevel } | null = null;

  /** `size` is the image's own; of what the browser cannot read, a smaller stand-in is all there is. */
  constructor(size: Size) {
    this.size = { width: size.width, height: size.height };
  }

  add(level: ImageLevel): void {
    if (this.#closed) {
      closeLevel(level);
      return;
    }
    this.#levels = [...this.#levels, level].sort((a, b) => b.width - a.width);
    if (this.#drawn && this.#levelFor(this.#drawn.scale) !== this.#drawn.level) this.onBetterLevel?.();
  }

  /** Draws what lies on the screen grown by a margin; the context's origin is that margin's corner. */
  draw(context: CanvasRenderingContext2D, view: View, screen: Size, margin: number, ratio: number): void {
    const scale = view.scale * ratio;
    const level = this.#levelFor(scale);
    if (!level) return;
    this.#drawn = { scale, level };
    context.imageSmoothingEnabled = view.scale < SQUARE_PIXELS_FROM;
    const across = this.size.width / level.width;
    const down = this.size.height / level.height;
    // better ones work out smaller pictures of their own, each time; those are here, but for the first moment
    context.imageSmoothingQuality = across * scale < 0.5 ? "medium" : "low";
    const seen = seenBox(view, screen, margin);
    const wanted = {
      x0: Math.floor(seen.x0 / across),
      y0: Math.floor(seen.y0 / down),
      x1: Math.ceil(seen.x1 / across),
      y1: Math.ceil(seen.y1 / down),
    };
    for (const { bitmap, part, x, y } of piecesIn(level, wanted)) {
      const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
      context.drawImage(
        bitmap,
        part.x0 - x,
        part.y0 - y,
        width,
        height,
        part.x0 * across * view.scale + view.x + margin,
        part.y0 * down * view.scale + view.y + margin,
        width * across * view.scale,
        height * down * view.scale,
      );
    }
  }

  /** Pixels of the full image in a square of at most `side` around a point; null until they are there. */
  read(x: number, y: number, side: number): { rgba: Uint8ClampedArray; frame: Box } | null {
    const [full] = this.#levels;
    if (!full || full.width !== this.size.width) return null;
    const x0 = Math.max(0, Math.floor(x - side / 2));
    const y0 = Math.max(0, Math.floor(y - side / 2));
    const width = Math.min(side, this.size.width - x0);
    const height = Math.min(side, this.size.height - y0);
    const frame = { x0, y0, x1: x0 + width, y1: y0 + height };
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context) return null;
    for (const tile of full.tiles) context.drawImage(tile.bitmap, tile.x - x0, tile.y - y0);
    return { rgba: context.getImageData(0, 0, width, height).data, frame };
  }

  close(): void {
    this.#closed = true;
    for (const level of this.#levels) closeLevel(level);
    this.#levels = [];
  }

  /** The smallest level that still has a pixel for each on the screen. */
  #levelFor(scale: number): ImageLevel | undefined {
    return this.#levels.findLast((level) => level.width / this.size.width >= scale) ?? this.#levels[0];
  }
}

/**
 * How a level is cut. Each tile reaches a pixel into the next ones, so that where two meet, both smoothed at their edge, nothing shines
 * through.
 */
export function tileBoxes({ width, height }: Size): Box[] {
  const boxes: Box[] = [];
  for (let y0 = 0; y0 < height; y0 += TILE) {
    for (let x0 = 0; x0 < width; x0 += TILE) {
      boxes.push({ x0, y0, x1: Math.min(width, x0 + TILE + 1), y1: Math.min(height, y0 + TILE + 1) });
    }
  }
  return boxes;
}

export function closeLevel(level: ImageLevel): void {
  for (const { bitmap } of level.tiles) bitmap.close();
}

function piecesIn(level: ImageLevel, wanted: Box): (ImageTile & { part: Box })[] {
  return level.tiles.flatMap((tile) => {
    const { x, y, bitmap } = tile;
    const part = intersectBoxes(wanted, { x0: x, y0: y, x1: x + bitmap.width, y1: y + bitmap.height });
    return isEmptyBox(part) ? [] : [{ ...tile, part }];
  });
}
