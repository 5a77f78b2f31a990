/** Objects that someone else changed too, by image, until one of the versions is chosen: also while one is at another image. */
import type { Conflict } from "./merge.ts";

export class ConflictBook {
  readonly #byImage = new Map<number, readonly Conflict[]>();

  of(imageId: number): readonly Conflict[] {
    return this.#byImage.get(imageId) ?? [];
  }

  /** Of an object only the last other version is offered. */
  add(imageId: number, found: readonly Conflict[]): void {
    const ids = new Set(found.map(({ id }) => id));
    this.#byImage.set(imageId, [...this.of(imageId).filter(({ id }) => !ids.has(id)), ...found]);
  }

  settle(imageId: number, id: string): void {
    this.#byImage.set(
      imageId,
      this.of(imageId).filter((conflict) => conflict.id !== id),
    );
  }
}
