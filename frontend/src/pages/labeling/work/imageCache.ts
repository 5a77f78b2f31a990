/** Decoded images: the one on the screen and its neighbours, so that the next shows at once. */
import type { Size } from "../../../geometry/types.ts";
import { ImagePyramid } from "../../../render/imagePyramid.ts";

/** The image, two to each side: 24 megapixels are 96 MB each. */
const KEPT = 5;

export class ImageCache {
  readonly #images = new Map<number, Promise<ImagePyramid>>();
  readonly #ready = new Map<number, ImagePyramid>();

  /** The image, where it need not be waited for. */
  ready(imageId: number): ImagePyramid | null {
    return this.#ready.get(imageId) ?? null;
  }

  get(imageId: number, size: Size): Promise<ImagePyramid> {
    const known = this.#images.get(imageId);
    if (known) {
      this.#images.delete(imageId);
      this.#images.set(imageId, known);
      return known;
    }
    const loading = loadImage(imageId, size);
    this.#images.set(imageId, loading);
    loading.then(
      (pyramid) => this.#images.get(imageId) === loading && this.#ready.set(imageId, pyramid),
      () => this.#images.delete(imageId),
    );
    this.#dropOldest();
    return loading;
  }

  clear(): void {
    for (const image of this.#images.values()) void image.then((pyramid) => pyramid.close()).catch(() => undefined);
    this.#images.clear();
    this.#ready.clear();
  }

  #dropOldest(): void {
    for (const [id, image] of this.#images) {
      if (this.#images.size <= KEPT) return;
      this.#images.delete(id);
      this.#ready.delete(id);
      void image.then((pyramid) => pyramid.close()).catch(() => undefined);
    }
  }
}

/**
 * The image upright, as the server makes it of files that browsers do not show or do not turn (TIFF, deep greys, a turned
 * WebP). A browser that cannot read the file's format all the same shows the thumbnail, enlarged.
 */
async function loadImage(imageId: number, size: Size): Promise<ImagePyramid> {
  const path = `/api/v1/images/${imageId}`;
  const bitmap = await decode(`${path}/display`).catch(() => decode(`${path}/thumbnail`));
  const pyramid = new ImagePyramid(bitmap, size);
  void pyramid.build();
  return pyramid;
}

async function decode(path: string): Promise<ImageBitmap> {
  const response = await fetch(path, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`The image answered ${response.status}.`);
  return createImageBitmap(await response.blob(), { imageOrientation: "from-image" });
}
