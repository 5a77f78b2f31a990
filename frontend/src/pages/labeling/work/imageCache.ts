/** Decoded images: the one on the screen and its neighbours, so that the next shows at once. */
import type { Size } from "../../../geometry/types.ts";
import { closeLevel, ImagePyramid } from "../../../render/imagePyramid.ts";
import type { ImageAnswer, ImageOrder } from "./imageWorker.ts";

/** Pixels of all images together, at 5 bytes each with their smaller levels: one of 108 megapixels, or eight of 12. */
const MOST_PIXELS = 108e6;
/** Tiles that were on the page take twice their pixels (decision 0045), and few come back to what they saw long ago. */
const MOST_IMAGES = 12;

interface CachedImage {
  readonly order: number;
  readonly pyramid: ImagePyramid;
  readonly pixels: number;
  /** Resolves with the first level: something to draw. */
  readonly shown: Promise<ImagePyramid>;
}

interface Waiting {
  readonly resolve: (pyramid: ImagePyramid) => void;
  readonly reject: (error: Error) => void;
}

export class ImageCache {
  /** The one used longest ago first. */
  readonly #images = new Map<number, CachedImage>();
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #orders = 0;
  #current = 0;

  /** Starts the worker, which takes a moment, while it is still being asked what the image is. */
  prepare(): void {
    if (this.#worker) return;
    this.#worker = new Worker(new URL("./imageWorker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<ImageAnswer>) => this.#take(data));
    this.#worker.addEventListener("error", () => this.#lose());
  }

  /** The image is on the screen from now on; answers it where it need not be waited for. */
  show(imageId: number): ImagePyramid | null {
    this.#current = imageId;
    const image = this.#images.get(imageId);
    if (!image) return null;
    this.#images.delete(imageId);
    this.#images.set(imageId, image);
    return this.#waiting.has(imageId) ? null : image.pyramid;
  }

  /** The image on the screen, when there is something to draw of it. */
  get(imageId: number, size: Size): Promise<ImagePyramid> {
    const image = this.#images.get(imageId) ?? this.#load(imageId, size);
    this.#makeRoom(0);
    return image.shown;
  }

  /** Gets an image that may be next, where memory allows. */
  ahead(imageId: number, size: Size): void {
    if (this.#images.has(imageId)) return;
    if (this.#makeRoom(size.width * size.height)) this.#load(imageId, size);
  }

  clear(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const imageId of this.#images.keys()) this.#drop(imageId);
  }

  /**
   * The image upright, as the server makes it of files that browsers do not show or do not turn (TIFF, deep greys, a turned
   * WebP). A browser that cannot read the file's format all the same shows the thumbnail, enlarged.
   */
  #load(imageId: number, size: Size): CachedImage {
    const shown = new Promise<ImagePyramid>((resolve, reject) => this.#waiting.set(imageId, { resolve, reject }));
    shown.catch(() => this.#drop(imageId));
    const order = ++this.#orders;
    const image: CachedImage = { order, pyramid: new ImagePyramid(size), pixels: size.width * size.height, shown };
    this.#images.set(imageId, image);
    const path = `/api/v1/images/${imageId}`;
    const screenSide = Math.max(innerWidth, innerHeight) * devicePixelRatio;
    this.#send({ order, imageId, paths: [`${path}/display`, `${path}/thumbnail`], screenSide });
    return image;
  }

  #send(order: ImageOrder): void {
    this.prepare();
    this.#worker?.postMessage(order);
  }

  /** The worker did not start, as without a connection: another is made for the next image. */
  #lose(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of [...this.#waiting.values()]) reject(new Error("There is nothing that reads images."));
  }

  #take(answer: ImageAnswer): void {
    const { imageId } = answer;
    const image = this.#images.get(imageId);
    if (image?.order !== answer.order) {
      if (answer.kind === "level") closeLevel(answer.level);
      return;
    }
    const waiting = this.#waiting.get(imageId);
    this.#waiting.delete(imageId);
    if (answer.kind === "failed") waiting?.reject(new Error("The image cannot be shown."));
    else {
      image.pyramid.add(answer.level);
      waiting?.resolve(image.pyramid);
    }
  }

  /** Drops the images used longest ago, never the one on the screen; answers whether there is room then. */
  #makeRoom(pixels: number): boolean {
    let sum = pixels;
    for (const image of this.#images.values()) sum += image.pixels;
    for (const [imageId, image] of this.#images) {
      if (sum <= MOST_PIXELS && this.#images.size <= MOST_IMAGES) break;
      if (imageId === this.#current) continue;
      this.#drop(imageId);
      sum -= image.pixels;
    }
    return sum <= MOST_PIXELS;
  }

  #drop(imageId: number): void {
    this.#images.get(imageId)?.pyramid.close();
    this.#images.delete(imageId);
    this.#waiting.delete(imageId);
  }
}
