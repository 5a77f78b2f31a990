/**
 * The stroke in progress as small canvases side by side: those in sight are made when they are first seen, a frame repaints only what
 * changed, and a bitmap that grows costs nothing.
 */
import type { Draft } from "../editor/draft.ts";
import { type Bitmap, bitmapBox, runEnd } from "../geometry/bitmap.ts";
import { intersectBoxes, isEmptyBox, uniteBoxes } from "../geometry/box.ts";
import type { Box } from "../geometry/types.ts";

type Stroke = Extract<Draft, { kind: "stroke" }>;

/** Image pixels. */
const TILE = 512;
/** Canvases kept for the next stroke, a megabyte each: making them takes longer than painting them. */
const SPARE_TILES = 8;

interface Tile {
  readonly box: Box;
  readonly context: OffscreenCanvasRenderingContext2D;
}

export class StrokeImage {
  readonly #tiles = new Map<string, Tile>();
  #spare: OffscreenCanvasRenderingContext2D[] = [];
  #color = "";

  /** `dirty` joins the boxes of all changes since the last call; `seen` is what the screen shows. */
  draw(context: CanvasRenderingContext2D, stroke: Stroke, { dirty, seen }: { dirty: Box; seen: Box }, color: string) {
    const { bitmap } = stroke;
    if (color !== this.#color) this.clear();
    this.#color = color;
    const changed = uniteBoxes(dirty, stroke.dirty);
    for (const tile of this.#tiles.values()) this.#paint(tile, bitmap, changed);
    context.imageSmoothingEnabled = false;
    for (const box of tilesIn(intersectBoxes(seen, bitmapBox(bitmap)))) {
      const tile = this.#tiles.get(tileName(box)) ?? this.#makeTile(box, bitmap);
      context.drawImage(tile.context.canvas, box.x0, box.y0);
    }
  }

  clear(): void {
    for (const { context } of this.#tiles.values()) if (this.#spare.length < SPARE_TILES) this.#spare.push(context);
    this.#tiles.clear();
  }

  #makeTile(box: Box, bitmap: Bitmap): Tile {
    const context = this.#spare.pop() ?? new OffscreenCanvas(TILE, TILE).getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas.");
    context.clearRect(0, 0, TILE, TILE);
    const tile = { box, context };
    this.#tiles.set(tileName(box), tile);
    this.#paint(tile, bitmap, box);
    return tile;
  }

  #paint(tile: Tile, bitmap: Bitmap, changed: Box): void {
    const box = intersectBoxes(intersectBoxes(changed, tile.box), bitmapBox(bitmap));
    if (isEmptyBox(box)) return;
    const width = box.x1 - box.x0;
    const image = tile.context.createImageData(width, box.y1 - box.y0);
    const pixels = new Uint32Array(image.data.buffer);
    const [color] = new Uint32Array(Uint8ClampedArray.of(...channelsOf(this.#color), 255).buffer);
    for (let y = box.y0; y < box.y1; y++) {
      const from = (y - bitmap.y) * bitmap.width + box.x0 - bitmap.x;
      const row = bitmap.data.subarray(from, from + width);
      const to = (y - box.y0) * width;
      for (let start = runEnd(row, 0, 0); start < width; ) {
        const end = runEnd(row, start, 1);
        pixels.fill(color as number, to + start, to + end);
        start = runEnd(row, end, 0);
      }
    }
    tile.context.putImageData(image, box.x0 - tile.box.x0, box.y0 - tile.box.y0);
  }
}

/** The tiles that a box touches. */
export function tilesIn(box: Box): Box[] {
  const tiles: Box[] = [];
  if (isEmptyBox(box)) return tiles;
  for (let y0 = Math.floor(box.y0 / TILE) * TILE; y0 < box.y1; y0 += TILE) {
    for (let x0 = Math.floor(box.x0 / TILE) * TILE; x0 < box.x1; x0 += TILE) {
      tiles.push({ x0, y0, x1: x0 + TILE, y1: y0 + TILE });
    }
  }
  return tiles;
}

function tileName({ x0, y0 }: Box): string {
  return `${x0},${y0}`;
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
