/** Which tiles a box drawn over the grid touches. */
import { GAP_PX, type GridLayout } from "./gridLayout.ts";

export interface Point {
  x: number;
  y: number;
}

/** First and last of rows and columns, counted from 0; nothing where a last one is before its first. */
export interface BandCells {
  firstRow: number;
  lastRow: number;
  firstColumn: number;
  lastColumn: number;
}

/** The cells that lie under the box between two corners, in pixels from the first tile's corner. */
export function cellsBetween(from: Point, to: Point, layout: GridLayout): BandCells {
  const { tileWidth, rowHeight, columns } = layout;
  const column = tileWidth + GAP_PX;
  const [left, right] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
  const [top, bottom] = from.y < to.y ? [from.y, to.y] : [to.y, from.y];
  return {
    // A box that begins in the gap after a tile does not touch that tile.
    firstColumn: Math.max(0, Math.floor((left + GAP_PX) / column)),
    lastColumn: Math.min(columns - 1, Math.floor(right / column)),
    firstRow: Math.max(0, Math.floor((top + GAP_PX) / rowHeight)),
    lastRow: Math.floor(bottom / rowHeight),
  };
}

/** The ids of the tiles in these cells. */
export function idsInCells(order: readonly number[], cells: BandCells, columns: number): number[] {
  const ids: number[] = [];
  const lastRow = Math.min(cells.lastRow, Math.ceil(order.length / columns) - 1);
  for (let row = cells.firstRow; row <= lastRow; row += 1) {
    const start = row * columns;
    ids.push(...order.slice(start + cells.firstColumn, start + cells.lastColumn + 1));
  }
  return ids;
}

export function areSameCells(a: BandCells | null, b: BandCells): boolean {
  return (
    a !== null &&
    a.firstRow === b.firstRow &&
    a.lastRow === b.lastRow &&
    a.firstColumn === b.firstColumn &&
    a.lastColumn === b.lastColumn
  );
}

/** How fast the grid scrolls under a pointer at its edge, in pixels a frame: faster further out, 0 inside. */
export function edgeSpeed(y: number, top: number, bottom: number): number {
  const past = y < top + EDGE_PX ? y - (top + EDGE_PX) : y > bottom - EDGE_PX ? y - (bottom - EDGE_PX) : 0;
  return Math.max(-MAX_SPEED_PX, Math.min(MAX_SPEED_PX, past * SPEED_SHARE));
}

const EDGE_PX = 40;
const SPEED_SHARE = 0.5;
const MAX_SPEED_PX = 80;
