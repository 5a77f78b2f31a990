/** Asks for masks one at a time: of what is asked meanwhile only the newest is sent, and only its answer counts. */
import type { SmartAnswer, SmartMarks, SmartPort } from "./smartToolMarks.ts";

export class SmartQuestion {
  readonly #port: SmartPort;
  #isOut = false;
  #newest: { marks: SmartMarks; onAnswer: (answer: SmartAnswer) => void } | null = null;

  constructor(port: SmartPort) {
    this.#port = port;
  }

  get isOpen(): boolean {
    return this.#newest !== null;
  }

  ask(marks: SmartMarks, onAnswer: (answer: SmartAnswer) => void): void {
    this.#newest = { marks, onAnswer };
    if (!this.#isOut) void this.#send();
  }

  /** Whatever comes back for what was asked so far is dropped. */
  drop(): void {
    this.#newest = null;
  }

  async #send(): Promise<void> {
    while (this.#newest) {
      const asked = this.#newest;
      this.#isOut = true;
      try {
        const answer = await this.#port(asked.marks);
        if (this.#newest === asked) {
          this.#newest = null;
          asked.onAnswer(answer);
        }
      } finally {
        this.#isOut = false;
      }
    }
  }
}
