/**
 * The active time on each image on its way to the server. What could not be sent waits in the browser, also when the tab is closed:
 * the next one takes it up.
 */
import { ApiError } from "../../../api/client.ts";

export type SendTime = (imageId: number, seconds: number, isLeaving: boolean) => Promise<void>;

export interface TimeStorage {
  readonly userId: number;
  /** This tab's, among several. */
  readonly tab: string;
  readonly storage: Storage;
  readonly now: () => number;
}

/** Shorter is a passing through, and waits until there is more. */
const LEAST_SECONDS = 1;
/** As the server takes at once. */
const MOST_SECONDS = 3600;
/** A tab that works writes once a minute: one that has not for so long is gone, and its time is another's to send. */
const GONE_AFTER_MS = 150_000;

interface Kept {
  readonly at: number;
  readonly seconds: readonly (readonly [number, number])[];
}

export class TimeSheet {
  readonly #send: SendTime;
  readonly #kept: TimeStorage;
  readonly #waiting = new Map<number, number>();
  #isCutOff = false;

  constructor(send: SendTime, kept: TimeStorage) {
    this.#send = send;
    this.#kept = kept;
  }

  add(imageId: number, milliseconds: number): void {
    if (milliseconds <= 0) return;
    this.#waiting.set(imageId, (this.#waiting.get(imageId) ?? 0) + milliseconds / 1000);
  }

  /** Sends what there is; a page that is left does not wait for the answers, nor sends what it knows would not arrive. */
  async send({ isLeaving = false } = {}): Promise<void> {
    this.#takeUp();
    if (isLeaving && this.#isCutOff) {
      this.#keep();
      return;
    }
    const ready = [...this.#waiting].filter(([, seconds]) => seconds >= LEAST_SECONDS);
    const sending = ready.map(([imageId, seconds]) =>
      this.#sendOne(imageId, Math.min(seconds, MOST_SECONDS), isLeaving),
    );
    this.#keep();
    await Promise.all(sending);
    this.#keep();
  }

  async #sendOne(imageId: number, seconds: number, isLeaving: boolean): Promise<void> {
    // Taken off first: a second sending meanwhile must not send it again.
    this.#waiting.set(imageId, (this.#waiting.get(imageId) ?? 0) - seconds);
    try {
      await this.#send(imageId, seconds, isLeaving);
      this.#isCutOff = false;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#isCutOff = error.isOffline;
      // An image that is gone, or a member no more: this time is nobody's. All else is tried again.
      if (error.status !== 404 && error.status !== 403) this.add(imageId, seconds * 1000);
    }
  }

  #keep(): void {
    const seconds = [...this.#waiting].filter(([, waiting]) => waiting > 0);
    const { storage, now } = this.#kept;
    if (seconds.length === 0) storage.removeItem(this.#key(this.#kept.tab));
    else storage.setItem(this.#key(this.#kept.tab), JSON.stringify({ at: now(), seconds } satisfies Kept));
  }

  /** Takes up what tabs left that are gone. */
  #takeUp(): void {
    const { storage, tab, now } = this.#kept;
    const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? "");
    for (const key of keys.filter((one) => one.startsWith(this.#key("")) && one !== this.#key(tab))) {
      const kept = readKept(storage.getItem(key));
      if (kept && now() - kept.at < GONE_AFTER_MS) continue;
      storage.removeItem(key);
      for (const [imageId, seconds] of kept?.seconds ?? []) this.add(imageId, seconds * 1000);
    }
  }

  #key(tab: string): string {
    return `maskwright.time.${this.#kept.userId}.${tab}`;
  }
}

function readKept(text: string | null): Kept | null {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    return typeof kept === "object" && kept !== null && "at" in kept && "seconds" in kept ? (kept as Kept) : null;
  } catch {
    // someone else's text under our key
    return null;
  }
}
