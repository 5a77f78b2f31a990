/** The image on the page: the tiles in sight of the level that suits the zoom, which the browser moves and scales by itself. */

import type { Size } from "../geometry/types.ts";
import { type ImagePyramid, type ShownLevel, type ShownTile, tilesIn } from "./imagePyramid.ts";
import { seenBox, type View } from "./view.ts";

/** From this zoom on pixels are shown as squares: a brush needs to see them. */
const SQUARE_PIXELS_FROM = 3;
/** Screen pixels around it from where tiles are put on the page beforehand. */
const AHEAD = 300;

export class ImageLayer {
  readonly #sheet: HTMLElement;
  #tiles: readonly ShownTile[] = [];

  /** `sheet` is emptied; it holds the tiles from its left upper corner on. */
  constructor(sheet: HTMLElement) {
    this.#sheet = sheet;
    this.#sheet.replaceChildren();
  }

  /** `ratio`: device pixels for one of the screen's. */
  show(pyramid: ImagePyramid | null, view: View, screen: Size, ratio: number): void {
    const level = pyramid?.levelFor(view.scale * ratio);
    if (!pyramid || !level) {
      this.#put([]);
      return;
    }
    const across = pyramid.size.width / level.width;
    const down = pyramid.size.height / level.height;
    this.#put(tilesInSight(level, { across, down }, view, screen));
    const { style } = this.#sheet;
    style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale * across}, ${view.scale * down})`;
    const rendering = view.scale < SQUARE_PIXELS_FROM ? "auto" : "pixelated";
    if (style.imageRendering !== rendering) style.imageRendering = rendering;
  }

  #put(tiles: readonly ShownTile[]): void {
    if (tiles.length === this.#tiles.length && tiles.every((tile, i) => tile === this.#tiles[i])) return;
    this.#tiles = tiles;
    this.#sheet.replaceChildren(...tiles.map((tile) => tile.element()));
  }
}

function tilesInSight(
  level: ShownLevel,
  { across, down }: { across: number; down: number },
  view: View,
  screen: Size,
): ShownTile[] {
  const { x0, y0, x1, y1 } = seenBox(view, screen, AHEAD);
  return tilesIn(level, { x0: x0 / across, y0: y0 / down, x1: x1 / across, y1: y1 / down });
}
