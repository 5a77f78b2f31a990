/**
 * What was done, and what was taken back. Of a mask that became another only the difference is kept: a thousand strokes on a large
 * object are less than a megabyte, where whole masks would be a hundred.
 */
import type { Mask } from "../geometry/bitmap.ts";
import {
  type MaskDifference,
  type MaskFrame,
  maskDifference,
  maskFrame,
  otherMask,
} from "../geometry/maskDifference.ts";
import type { Change, Command, CommandName, Slot } from "./document.ts";
import type { Instance } from "./instance.ts";

interface HistoryLimits {
  readonly steps: number;
  /** What is kept however much it takes. */
  readonly leastSteps: number;
  readonly bytes: number;
}

/** Labelers who work an hour on one image pass 500 steps; only fills of noise come near the bytes. */
const LIMITS: HistoryLimits = { steps: 1000, leastSteps: 500, bytes: 32e6 };

/** An object and its place, its mask without the runs. */
interface PackedSlot {
  readonly instance: Omit<Instance, "shape">;
  readonly index: number;
  readonly frame: MaskFrame;
}

type PackedChange =
  | {
      readonly kind: "mask";
      readonly id: string;
      readonly before: PackedSlot;
      readonly after: PackedSlot;
      readonly difference: MaskDifference;
    }
  /** `found` is the mask that the step before left, where it is not the one in `change.before`: someone else's came between. */
  | { readonly kind: "whole"; readonly change: Change; readonly found: Mask | null };

interface PackedCommand {
  readonly name: CommandName;
  readonly changes: readonly PackedChange[];
}

export class History {
  readonly #limits: HistoryLimits;
  #done: PackedCommand[] = [];
  #undone: PackedCommand[] = [];
  /** The mask each object has between what is done and what is undone (null: it has none); differences are laid over these. */
  readonly #masks = new Map<string, Mask | null>();

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  push(command: Command): void {
    this.#done.push({ name: command.name, changes: command.changes.map((change) => this.#pack(change)) });
    this.#undone = [];
    const { steps, leastSteps, bytes } = this.#limits;
    while (this.#done.length > (this.bytes > bytes ? leastSteps : steps)) this.#done.shift();
  }

  takeUndo(): Command | undefined {
    const command = this.#done.pop();
    if (!command) return undefined;
    this.#undone.push(command);
    const changes = command.changes.toReversed().map((change) => this.#takenBack(change));
    return { name: command.name, changes: changes.reverse() };
  }

  takeRedo(): Command | undefined {
    const command = this.#undone.pop();
    if (!command) return undefined;
    this.#done.push(command);
    return { name: command.name, changes: command.changes.map((change) => this.#doneAgain(change)) };
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Whether an object is gone by what was done here: not by what was taken back, nor by someone else. */
  hasRemoved(id: string): boolean {
    const last = this.#done.flatMap(({ changes }) => changes).findLast((change) => changedId(change) === id);
    return last?.kind === "whole" && last.change.after === null;
  }

  /** What the differences of masks take. */
  get bytes(): number {
    let bytes = 0;
    for (const { changes } of [...this.#done, ...this.#undone]) {
      for (const change of changes) if (change.kind === "mask") bytes += change.difference.places.length;
    }
    return bytes;
  }

  #pack(change: Change): PackedChange {
    const { id, before, after } = change;
    const [from, to] = [maskOf(before), maskOf(after)];
    const known = this.#masks.get(id);
    const found = known === undefined ? from : known;
    this.#masks.set(id, to);
    if (!before || !after || !from || !to || found !== from) return { kind: "whole", change, found };
    const difference = maskDifference(from, to);
    return { kind: "mask", id, before: packSlot(before, from), after: packSlot(after, to), difference };
  }

  #takenBack(packed: PackedChange): Change {
    if (packed.kind === "whole") {
      this.#masks.set(packed.change.id, packed.found);
      return packed.change;
    }
    const after = this.#mask(packed.id);
    const before = otherMask(after, packed.difference, packed.before.frame);
    return this.#unpack(packed, { before, after, left: before });
  }

  #doneAgain(packed: PackedChange): Change {
    if (packed.kind === "whole") {
      this.#masks.set(packed.change.id, maskOf(packed.change.after));
      return packed.change;
    }
    const before = this.#mask(packed.id);
    const after = otherMask(before, packed.difference, packed.after.frame);
    return this.#unpack(packed, { before, after, left: after });
  }

  #unpack(
    { id, before, after }: Extract<PackedChange, { kind: "mask" }>,
    masks: { before: Mask; after: Mask; left: Mask },
  ): Change {
    this.#masks.set(id, masks.left);
    return { id, before: unpackSlot(before, masks.before), after: unpackSlot(after, masks.after) };
  }

  #mask(id: string): Mask {
    const mask = this.#masks.get(id);
    if (!mask) throw new Error(`Object ${id} has no mask in the history.`);
    return mask;
  }
}

function changedId(packed: PackedChange): string {
  return packed.kind === "mask" ? packed.id : packed.change.id;
}

function maskOf(slot: Slot | null): Mask | null {
  return slot?.instance.shape.kind === "mask" ? slot.instance.shape.mask : null;
}

function packSlot({ instance: { shape: _, ...instance }, index }: Slot, mask: Mask): PackedSlot {
  return { instance, index, frame: maskFrame(mask) };
}

function unpackSlot({ instance, index }: PackedSlot, mask: Mask): Slot {
  return { instance: { ...instance, shape: { kind: "mask", mask } }, index };
}
