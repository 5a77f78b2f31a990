/** What was done, and what was taken back. Masks in it are run-packed, so a thousand strokes are a few megabytes. */
import type { Command } from "./document.ts";

/** The least is 500 (issue 5); labelers who work an hour on one image pass it. */
const LIMIT = 1000;

export class History {
  #done: Command[] = [];
  #undone: Command[] = [];

  push(command: Command): void {
    this.#done.push(command);
    if (this.#done.length > LIMIT) this.#done.shift();
    this.#undone = [];
  }

  takeUndo(): Command | undefined {
    const command = this.#done.pop();
    if (command) this.#undone.push(command);
    return command;
  }

  takeRedo(): Command | undefined {
    const command = this.#undone.pop();
    if (command) this.#done.push(command);
    return command;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }
}
