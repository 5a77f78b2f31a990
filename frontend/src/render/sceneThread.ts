/** Reaches the painter of the scene, in its worker. */
import type { SceneOrder, ScenePicture, ScenePort } from "./sceneMessages.ts";

export class SceneThread implements ScenePort {
  onPicture: (picture: ScenePicture) => void = () => undefined;
  onLost: () => void = () => undefined;
  #worker: Worker | null = null;

  /** Starts the worker, which takes a moment. */
  prepare(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./sceneWorker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<ScenePicture>) => this.onPicture(data));
    worker.addEventListener("error", () => {
      this.close();
      this.onLost();
    });
    this.#worker = worker;
    return worker;
  }

  paint(order: SceneOrder): void {
    this.prepare().postMessage(order);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
