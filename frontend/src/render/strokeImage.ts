/**
 * The stroke in progress as small canvases side by side: those in sight are made when they are first seen, a frame repaints only what
 * changed, and a bitmap that grows costs nothing. Far out a pixel of theirs stands for a square of the bitmap's: a large object has
 * hundreds of times more pixels than the screen.
 */
import type { Draft } from "../editor/draft.ts";
import { type Bitmap, bitmapBox, forEachRun } from "../geometry/bitmap.ts";
import { intersectBoxes, isEmptyBox, uniteBoxes } from "../geometry/box.ts";
import type { Box } from "../geometry/types.ts";
import { levelOf } from "./paths.ts";

type Stroke = Extract<Draft, { kind: "stroke" }>;

/** Pixels of a canvas. */
const TILE = 512;
/** Canvases kept for the next stroke, a megabyte each: making them takes longer than painting them. */
const SPARE_TILES = 8;

interface Tile {
  /** Image pixels. */
  readonly box: Box;
  readonly context: OffscreenCanvasRenderingContext2D;
}

interface Sight {
  /** Joins the boxes of all changes since the last drawing. */
  readonly dirty: Box;
  /** What the screen shows. */
  readonly seen: Box;
  /** Pixels of the screen for one of the image's. */
  readonly scale: number;
}

export class StrokeImage {
  readonly #tiles = new Map<string, Tile>();
  #spare: OffscreenCanvasRenderingContext2D[] = [];
  #color = "";
  /** Image pixels of the square that a canvas's pixel stands for. */
  #side = 1;

  draw(context: CanvasRenderingContext2D, stroke: Stroke, { dirty, seen, scale }: Sight, color: string) {
    const { bitmap } = stroke;
    const side = 2 ** levelOf(scale);
    if (color !== this.#color || side !== this.#side) this.clear();
    [this.#color, this.#side] = [color, side];
    const changed = uniteBoxes(dirty, stroke.dirty);
    for (const tile of this.#tiles.values()) this.#paint(tile, bitmap, changed);
    context.imageSmoothingEnabled = false;
    for (const box of tilesIn(intersectBoxes(seen, bitmapBox(bitmap)), side)) {
      const tile = this.#tiles.get(tileName(box)) ?? this.#makeTile(box, bitmap);
      context.drawImage(tile.context.canvas, box.x0, box.y0, TILE * side, TILE * side);
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
    const side = this.#side;
    const squares = squaresIn(box, side);
    const width = squares.x1 - squares.x0;
    const image = tile.context.createImageData(width, squares.y1 - squares.y0);
    const pixels = new Uint32Array(image.data.buffer);
    const [color] = new Uint32Array(Uint8ClampedArray.of(...channelsOf(this.#color), 255).buffer);
    for (let y = squares.y0; y < squares.y1; y++) {
      const row = rowOfSquares(bitmap, { x: squares.x0, y, width }, side);
      const to = (y - squares.y0) * width;
      forEachRun(row, (start, end) => pixels.fill(color as number, to + start, to + end));
    }
    tile.context.putImageData(image, squares.x0 - tile.box.x0 / side, squares.y0 - tile.box.y0 / side);
  }
}

/** The tiles that a box touches, each of so many squares of `side` image pixels. */
export function tilesIn(box: Box, side: number): Box[] {
  const tiles: Box[] = [];
  if (isEmptyBox(box)) return tiles;
  const span = TILE * side;
  for (let y0 = Math.floor(box.y0 / span) * span; y0 < box.y1; y0 += span) {
    for (let x0 = Math.floor(box.x0 / span) * span; x0 < box.x1; x0 += span) {
      tiles.push({ x0, y0, x1: x0 + span, y1: y0 + span });
    }
  }
  return tiles;
}

function squaresIn({ x0, y0, x1, y1 }: Box, side: number): Box {
  return {
    x0: Math.floor(x0 / side),
    y0: Math.floor(y0 / side),
    x1: Math.ceil(x1 / side),
    y1: Math.ceil(y1 / side),
  };
}

/** Of each square of a row the pixel in its middle; outside of the bitmap nothing is set. */
function rowOfSquares(bitmap: Bitmap, row: { x: number; y: number; width: number }, side: number): Uint8Array {
  const middle = Math.floor(side / 2);
  const down = row.y * side + middle - bitmap.y;
  const across = row.x * side + middle - bitmap.x;
  if (down < 0 || down >= bitmap.height) return new Uint8Array(row.width);
  const line = bitmap.data.subarray(down * bitmap.width, (down + 1) * bitmap.width);
  if (side === 1) return line.subarray(across, across + row.width);
  const squares = new Uint8Array(row.width);
  for (let i = 0, at = across; i < row.width; i++, at += side) squares[i] = line[at] ?? 0;
  return squares;
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
