/**
 * Deleted images are gone from the page at once, from the server when the time to undo is over.
 *
 * If the browser dies in between, they are still there: that is the harmless way to fail.
 */
import { useSyncExternalStore } from "react";

export interface Deletion {
  readonly projectId: number;
  readonly imageIds: readonly number[];
}

/** Deletes on the server; with keepalive it must work while the page is left. */
type Send = (deletion: Deletion, options: { keepalive: boolean }) => Promise<void>;

export class PendingDeletions {
  readonly #send: Send;
  readonly #states = new Map<Deletion, "undoable" | "sent">();
  readonly #listeners = new Set<() => void>();
  #hidden: ReadonlySet<number> = new Set();

  constructor(send: Send) {
    this.#send = send;
  }

  /** Ids that are not to be shown. */
  get hidden(): ReadonlySet<number> {
    return this.#hidden;
  }

  isUndoable(deletion: Deletion): boolean {
    return this.#states.get(deletion) === "undoable";
  }

  add(deletion: Deletion): void {
    this.#states.set(deletion, "undoable");
    this.#publish();
  }

  undo(deletion: Deletion): void {
    if (!this.isUndoable(deletion)) return;
    this.#states.delete(deletion);
    this.#publish();
  }

  /** Deletes for good. The images stay hidden until the server has answered; a failure brings them back. */
  async carryOut(deletion: Deletion, options = { keepalive: false }): Promise<void> {
    if (!this.isUndoable(deletion)) return;
    this.#states.set(deletion, "sent");
    this.#publish();
    try {
      await this.#send(deletion, options);
    } finally {
      this.#states.delete(deletion);
      this.#publish();
    }
  }

  /** Carries out all that could still be undone: the page is left, or a training is about to begin. */
  async carryOutAll(options = { keepalive: false }): Promise<void> {
    await Promise.all([...this.#states.keys()].map((deletion) => this.carryOut(deletion, options)));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #publish(): void {
    this.#hidden = new Set([...this.#states.keys()].flatMap(({ imageIds }) => imageIds));
    for (const listener of this.#listeners) listener();
  }
}

export function useHiddenImages(deletions: PendingDeletions): ReadonlySet<number> {
  return useSyncExternalStore(deletions.subscribe, () => deletions.hidden);
}
