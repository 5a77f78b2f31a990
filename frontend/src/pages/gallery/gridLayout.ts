/** Places of the tiles: as many columns as fit, all tiles of one size. */

export const GAP_PX = 12;
export const CAPTION_PX = 28;
export const MIN_TILE_PX = 140;
export const MAX_TILE_PX = 460;
export const DEFAULT_TILE_PX = 272;
/** On a phone two tiles stand side by side, whatever the size chosen on a desk is. */
const PHONE_WIDTH_PX = 560;
const PHONE_TILE_PX = 150;

export interface GridLayout {
  columns: number;
  tileWidth: number;
  pictureHeight: number;
  /** With the gap below. */
  rowHeight: number;
}

export function layoutGrid(width: number, wantedTilePx: number): GridLayout {
  const wanted = width < PHONE_WIDTH_PX ? Math.min(wantedTilePx, PHONE_TILE_PX) : wantedTilePx;
  const columns = Math.max(1, Math.floor((width + GAP_PX) / (wanted + GAP_PX)));
  const tileWidth = Math.max(0, (width - (columns - 1) * GAP_PX) / columns);
  const pictureHeight = Math.round(tileWidth * 0.75);
  return { columns, tileWidth, pictureHeight, rowHeight: pictureHeight + CAPTION_PX + GAP_PX };
}

export type Step = "left" | "right" | "up" | "down" | "home" | "end" | "pageup" | "pagedown";

/** Where the focus goes by a key; it stays where there is nothing. */
export function stepFrom(index: number, step: Step, columns: number, count: number, rowsInSight: number): number {
  const wanted = {
    left: index - 1,
    right: index + 1,
    up: index - columns,
    down: index + columns,
    home: 0,
    end: count - 1,
    pageup: Math.max(index % columns, index - columns * rowsInSight),
    pagedown: index + columns * rowsInSight,
  }[step];
  if (step === "pagedown" && wanted >= count) return count - 1;
  return wanted >= 0 && wanted < count ? wanted : index;
}
