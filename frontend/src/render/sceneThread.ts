/** Reaches the painter of the scene, in its worker; where no worker will do, it paints on the page. */
import type { SceneOrder, ScenePicture, ScenePort } from "./sceneMessages.ts";
import { makeScenePainter, type ScenePainter } from "./scenePainter.ts";

/** So many workers that end without a picture are enough. */
const MOST_LOST = 2;

export class SceneThread implements ScenePort {
  onPicture: (picture: ScenePicture) => void = () => undefined;
  onLost: () => void = () => undefined;
  #worker: Worker | null = null;
  /** Workers lost since the last picture. */
  #lost = 0;
  /** Stands in for the worker: slow is better than an image that looks as if nothing were labeled on it. */
  #standIn: ScenePainter | null = null;
  readonly #onLost: () => void;

  /** `onLost` is called when a painter is gone: it may be because a graphics card was reset. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
  }

  /** Starts the worker, which takes a moment. */
  prepare(): void {
    if (this.#worker || this.#lost >= MOST_LOST) return;
    this.#worker = new Worker(new URL("./sceneWorker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<ScenePicture>) => {
      this.#lost = 0;
      this.onPicture(data);
    });
    this.#worker.addEventListener("error", () => this.#lose());
  }

  paint(order: SceneOrder): void {
    this.prepare();
    if (this.#worker) this.#worker.postMessage(order);
    else void this.#paintHere(order);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = this.#standIn = null;
    this.#lost = 0;
  }

  #lose(): void {
    this.#worker?.terminate();
    this.#worker = this.#standIn = null;
    this.#lost++;
    this.onLost();
    this.#onLost();
  }

  async #paintHere(order: SceneOrder): Promise<void> {
    this.#standIn ??= makeScenePainter(() => this.#lose());
    this.onPicture(await this.#standIn.pictureOf(order));
  }
}
