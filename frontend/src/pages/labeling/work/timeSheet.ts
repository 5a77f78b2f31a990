/** The active time on each image on its way to the server; what could not be sent waits for the next sending. */
import { ApiError } from "../../../api/client.ts";

export type SendTime = (imageId: number, seconds: number, isLeaving: boolean) => Promise<void>;

/** Shorter is a passing through, and waits until there is more. */
const LEAST_SECONDS = 1;
/** As the server takes at once. */
const MOST_SECONDS = 3600;

export class TimeSheet {
  readonly #send: SendTime;
  readonly #waiting = new Map<number, number>();

  constructor(send: SendTime) {
    this.#send = send;
  }

  add(imageId: number, milliseconds: number): void {
    if (milliseconds > 0) this.#waiting.set(imageId, (this.#waiting.get(imageId) ?? 0) + milliseconds / 1000);
  }

  /** Sends what there is; a page that is left does not wait for the answers. */
  async send({ isLeaving = false } = {}): Promise<void> {
    const ready = [...this.#waiting].filter(([, seconds]) => seconds >= LEAST_SECONDS);
    await Promise.all(
      ready.map(([imageId, seconds]) => this.#sendOne(imageId, Math.min(seconds, MOST_SECONDS), isLeaving)),
    );
  }

  async #sendOne(imageId: number, seconds: number, isLeaving: boolean): Promise<void> {
    // Taken off first: a second sending meanwhile must not send it again.
    this.#waiting.set(imageId, (this.#waiting.get(imageId) ?? 0) - seconds);
    try {
      await this.#send(imageId, seconds, isLeaving);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // An image that is gone, or a member no more: this time is nobody's. All else is tried again.
      if (error.status !== 404 && error.status !== 403) this.add(imageId, seconds * 1000);
    }
  }
}
