/** Which objects lie near a box: a grid of square cells, updated for what changed only. */
import { boxesTouch } from "../geometry/box.ts";
import type { Box } from "../geometry/types.ts";

/** Image pixels; with objects of 20 to 500 pixels a cell holds a handful. */
const CELL = 256;
/** Objects over more cells than this are kept apart and looked at always. */
const MOST_CELLS = 64;

export class SpatialIndex<T> {
  readonly #boxes = new Map<T, Box>();
  readonly #cells = new Map<number, Set<T>>();
  readonly #large = new Set<T>();

  /** Makes the index hold these items and no others. */
  update(items: readonly T[], boxOf: (item: T) => Box): void {
    const wanted = new Set(items);
    for (const item of this.#boxes.keys()) if (!wanted.has(item)) this.#remove(item);
    for (const item of items) if (!this.#boxes.has(item)) this.#add(item, boxOf(item));
  }

  /** Items whose box touches this one, in no order. */
  near(box: Box): Set<T> {
    const found = new Set<T>();
    for (const item of this.#large) if (boxesTouch(this.#boxes.get(item) as Box, box)) found.add(item);
    if (cellCount(box) > this.#cells.size) {
      for (const [item, own] of this.#boxes) if (boxesTouch(own, box)) found.add(item);
      return found;
    }
    for (const cell of cellsOf(box)) {
      for (const item of this.#cells.get(cell) ?? []) {
        if (boxesTouch(this.#boxes.get(item) as Box, box)) found.add(item);
      }
    }
    return found;
  }

  #add(item: T, box: Box): void {
    this.#boxes.set(item, box);
    if (cellCount(box) > MOST_CELLS) {
      this.#large.add(item);
      return;
    }
    for (const cell of cellsOf(box)) {
      const items = this.#cells.get(cell);
      if (items) items.add(item);
      else this.#cells.set(cell, new Set([item]));
    }
  }

  #remove(item: T): void {
    const box = this.#boxes.get(item) as Box;
    this.#boxes.delete(item);
    if (this.#large.delete(item)) return;
    for (const cell of cellsOf(box)) {
      const items = this.#cells.get(cell);
      items?.delete(item);
      if (items?.size === 0) this.#cells.delete(cell);
    }
  }
}

function cellCount(box: Box): number {
  return (
    (Math.floor(box.x1 / CELL) - Math.floor(box.x0 / CELL) + 1) *
    (Math.floor(box.y1 / CELL) - Math.floor(box.y0 / CELL) + 1)
  );
}

function* cellsOf(box: Box): Iterable<number> {
  for (let row = Math.floor(box.y0 / CELL); row <= Math.floor(box.y1 / CELL); row++) {
    for (let column = Math.floor(box.x0 / CELL); column <= Math.floor(box.x1 / CELL); column++) {
      yield row * ROW + column;
    }
  }
}

/** More columns than any image has cells. */
const ROW = 65536;
