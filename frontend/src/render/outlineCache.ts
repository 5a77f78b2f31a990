/**
 * Outlines of masks, the latest only: history holds masks by the thousand, and a point of an outline takes ten times the memory of
 * the run it came from.
 */
import { type Shape, shapePolygons } from "../editor/instance.ts";
import { pointCount } from "../geometry/measure.ts";
import type { Polygon } from "../geometry/types.ts";

export class OutlineCache {
  readonly #mostPoints: number;
  /** The oldest first. */
  readonly #outlines = new Map<Shape, readonly Polygon[]>();
  #points = 0;

  constructor(mostPoints: number) {
    this.#mostPoints = mostPoints;
  }

  get points(): number {
    return this.#points;
  }

  /** A shape's polygons at full detail. */
  get(shape: Shape): readonly Polygon[] {
    if (shape.kind === "polygons") return shape.polygons;
    const known = this.#outlines.get(shape);
    const outline = known ?? shapePolygons(shape, 0);
    this.#outlines.delete(shape);
    this.#outlines.set(shape, outline);
    if (!known) this.#points += pointCount(outline);
    this.#dropOldest();
    return outline;
  }

  #dropOldest(): void {
    for (const [shape, outline] of this.#outlines) {
      if (this.#points <= this.#mostPoints) return;
      this.#outlines.delete(shape);
      this.#points -= pointCount(outline);
    }
  }
}
