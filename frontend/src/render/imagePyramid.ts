/**
 * The image at full size, a half, a quarter …: showing it costs what the screen has pixels, not what the image has. Each level lies in
 * tiles, because graphics cards and browsers show no single picture of more than some thousand pixels a side.
 */
import { boxesTouch } from "../geometry/box.ts";
import type { Box, Size } from "../geometry/types.ts";

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

/** A piece that can be put on the page. */
export interface ShownTile {
  /** In the level's pixels. */
  readonly box: Box;
  /** The page's element for it, made when it is first asked for. */
  readonly element: () => HTMLCanvasElement;
}

export interface ShownLevel extends Size {
  readonly tiles: readonly ShownTile[];
}

interface Level extends ShownLevel {
  readonly tiles: readonly Tile[];
}

export class ImagePyramid {
  readonly size: Size;
  /** Called when a level came that suits what was asked for last better than what was answered. */
  onBetterLevel: (() => void) | null = null;
  /** The largest first. */
  #levels: Level[] = [];
  #closed = false;
  /** What was asked for last. */
  #scale: number | null = null;

  /** `size` is the image's own; of what the browser cannot read, a smaller stand-in is all there is. */
  constructor(size: Size) {
    this.size = { width: size.width, height: size.height };
  }

  add(level: ImageLevel): void {
    if (this.#closed) {
      closeLevel(level);
      return;
    }
    const before = this.#scale === null ? null : this.#bestLevel(this.#scale);
    const { width, height } = level;
    const added = { width, height, tiles: level.tiles.map((tile) => new Tile(tile)) };
    this.#levels = [...this.#levels, added].sort((a, b) => longSide(b) - longSide(a));
    if (this.#scale !== null && this.#bestLevel(this.#scale) !== before) this.onBetterLevel?.();
  }

  /** The smallest level that still has a pixel for each of the screen's, at so many screen pixels for one of the image's. */
  levelFor(scale: number): ShownLevel | null {
    this.#scale = scale;
    return this.#bestLevel(scale);
  }

  /** Pixels of the full image in a square of at most `side` around a point; null until they are there. */
  read(x: number, y: number, side: number): { rgba: Uint8ClampedArray; frame: Box } | null {
    const [full] = this.#levels;
    if (!full || longSide(full) !== longSide(this.size)) return null;
    const x0 = Math.max(0, Math.floor(x - side / 2));
    const y0 = Math.max(0, Math.floor(y - side / 2));
    const width = Math.min(side, this.size.width - x0);
    const height = Math.min(side, this.size.height - y0);
    const frame = { x0, y0, x1: x0 + width, y1: y0 + height };
    const tiles = full.tiles.filter((tile) => boxesTouch(tile.box, frame));
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context) return null;
    for (const { picture, box } of tiles) if (picture) context.drawImage(picture, box.x0 - x0, box.y0 - y0);
    return { rgba: context.getImageData(0, 0, width, height).data, frame };
  }

  close(): void {
    this.#closed = true;
    for (const { tiles } of this.#levels) for (const tile of tiles) tile.close();
    this.#levels = [];
  }

  #bestLevel(scale: number): Level | null {
    const least = longSide(this.size) * scale;
    return this.#levels.findLast((level) => longSide(level) >= least) ?? this.#levels[0] ?? null;
  }
}

/** The other may be a single pixel at every level. */
function longSide({ width, height }: Size): number {
  return Math.max(width, height);
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

/** The tiles that touch a box of their level. */
export function tilesIn(level: ShownLevel, box: Box): ShownTile[] {
  return level.tiles.filter((tile) => boxesTouch(tile.box, box));
}

/** Holds its picture once: it goes from the bitmap into the element when that is made. */
class Tile implements ShownTile {
  readonly box: Box;
  #bitmap: ImageBitmap | null;
  #element: HTMLCanvasElement | null = null;

  constructor({ x, y, bitmap }: ImageTile) {
    this.box = { x0: x, y0: y, x1: x + bitmap.width, y1: y + bitmap.height };
    this.#bitmap = bitmap;
  }

  /** What other canvases can draw; null when it is closed. */
  get picture(): CanvasImageSource | null {
    return this.#bitmap ?? this.#element;
  }

  element(): HTMLCanvasElement {
    if (this.#element) return this.#element;
    const element = document.createElement("canvas");
    const { x0, y0, x1, y1 } = this.box;
    [element.width, element.height] = [x1 - x0, y1 - y0];
    Object.assign(element.style, { position: "absolute", left: `${x0}px`, top: `${y0}px` });
    element.getContext("bitmaprenderer")?.transferFromImageBitmap(this.#bitmap);
    this.#bitmap = null;
    this.#element = element;
    return element;
  }

  close(): void {
    this.#bitmap?.close();
    if (this.#element) empty(this.#element);
    this.#bitmap = this.#element = null;
  }
}

/** Takes the picture out of a canvas. What shows nothing is as large as the canvas is, and it may be long until that is freed. */
function empty(element: HTMLCanvasElement): void {
  element.width = element.height = 1;
  element.getContext("bitmaprenderer")?.transferFromImageBitmap(null);
  element.remove();
}
