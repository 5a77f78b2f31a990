/** The objects on one image, in drawing order (the last lies on top), and the commands that change them. */
import type { Size } from "../geometry/types.ts";
import type { Instance } from "./instance.ts";

/** An object and its place in the drawing order. */
export interface Slot {
  readonly instance: Instance;
  readonly index: number;
}

/** From `before` (null: was not there) to `after` (null: is gone). Turned round, it undoes itself. */
export interface Change {
  readonly id: string;
  readonly before: Slot | null;
  readonly after: Slot | null;
}

export const COMMANDS = [
  "draw",
  "addPart",
  "addHole",
  "moveVertices",
  "insertVertex",
  "deleteVertices",
  "moveObject",
  "deleteObject",
  "setLabel",
  "paint",
  "erase",
  "fill",
  "convert",
  "simplify",
  "combine",
  "reorder",
  "paste",
  "restore",
] as const;

export type CommandName = (typeof COMMANDS)[number];

export interface Command {
  readonly name: CommandName;
  readonly changes: readonly Change[];
}

export class LabelDocument {
  readonly image: Size;
  #instances: readonly Instance[];

  constructor(image: Size, instances: readonly Instance[]) {
    this.image = image;
    this.#instances = instances;
  }

  get instances(): readonly Instance[] {
    return this.#instances;
  }

  get(id: string): Instance | undefined {
    return this.#instances.find((instance) => instance.id === id);
  }

  indexOf(id: string): number {
    return this.#instances.findIndex((instance) => instance.id === id);
  }

  apply(changes: readonly Change[]): void {
    const list = [...this.#instances];
    for (const { id, after } of changes) {
      const at = list.findIndex((instance) => instance.id === id);
      if (at >= 0) list.splice(at, 1);
      if (after) list.splice(Math.min(after.index, list.length), 0, after.instance);
    }
    this.#instances = list;
  }

  /** Puts an object on top. */
  add(instance: Instance): Change {
    return { id: instance.id, before: null, after: { instance, index: this.#instances.length } };
  }

  replace(instance: Instance): Change {
    const index = this.indexOf(instance.id);
    const before = this.#instances[index];
    return {
      id: instance.id,
      before: before ? { instance: before, index } : null,
      after: { instance, index: before ? index : this.#instances.length },
    };
  }

  remove(id: string): Change {
    const index = this.indexOf(id);
    const instance = this.#instances[index];
    return { id, before: instance ? { instance, index } : null, after: null };
  }

  moveTo(id: string, index: number): Change {
    const from = this.indexOf(id);
    const instance = this.#instances[from];
    if (!instance) return { id, before: null, after: null };
    const to = Math.min(Math.max(index, 0), this.#instances.length - 1);
    return { id, before: { instance, index: from }, after: { instance, index: to } };
  }
}

export function inverted(changes: readonly Change[]): Change[] {
  return changes.map(({ id, before, after }) => ({ id, before: after, after: before })).reverse();
}
