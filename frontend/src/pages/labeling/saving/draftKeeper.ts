/**
 * Keeps the newest draft: one is written at a time, and of those that come meanwhile only the last. Each is whole, so the others are
 * not missed, and however slow the disk is, strokes do not pile up before it.
 */
import type { DraftStore, KeptDraft } from "./drafts.ts";

export class DraftKeeper {
  readonly #store: DraftStore;
  readonly #onKept: () => void;
  #next: (() => KeptDraft) | null = null;
  #writing: Promise<void> | null = null;
  #isKept = true;

  /** `onKept` hears when drafts begin or cease to be kept. */
  constructor(store: DraftStore, onKept: () => void) {
    this.#store = store;
    this.#onKept = onKept;
  }

  /** False from the time on that the browser refused a draft: its disk is full, or it keeps nothing in a private window. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** The draft is made when it is its turn to be written. */
  keep(draft: () => KeptDraft): void {
    this.#next = draft;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when the newest draft is written, or refused. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** Forgets what is kept. A draft that stays nonetheless is laid over the same objects when the image is opened: nothing changes. */
  async drop(): Promise<void> {
    this.#next = null;
    await this.#store.drop().catch(() => undefined);
  }

  async #writeAll(): Promise<void> {
    while (this.#next) {
      const draft = this.#next();
      this.#next = null;
      const isKept = await this.#store.keep(draft).then(
        () => true,
        () => false,
      );
      if (isKept === this.#isKept) continue;
      this.#isKept = isKept;
      this.#onKept();
    }
  }
}
