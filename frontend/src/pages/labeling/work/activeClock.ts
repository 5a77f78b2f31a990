/**
 * How long somebody works: the time between two signs of life, if it is short. Whoever does nothing for a minute has left, and none
 * of that pause counts.
 */

/** Milliseconds. Long enough to look hard at an image, too short for a coffee; docs/labeling.md tells people. */
export const IDLE_MS = 60_000;

export class ActiveClock {
  #last: number | null = null;
  #total = 0;

  /** The pointer, a key or the wheel moved. */
  beat(now: number): void {
    if (this.#last !== null && now - this.#last <= IDLE_MS) this.#total += Math.max(0, now - this.#last);
    this.#last = now;
  }

  /** The page is not looked at any more: nothing counts until the next sign of life. */
  pause(now: number): void {
    if (this.#last !== null) this.beat(now);
    this.#last = null;
  }

  /** The milliseconds since the last taking. */
  take(): number {
    const total = this.#total;
    this.#total = 0;
    return total;
  }
}
