import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ImageTile } from "../../../render/imagePyramid.ts";
import { ImageCache } from "./imageCache.ts";
import type { ImageAnswer, ImageOrder } from "./imageWorker.ts";

const LARGE = { width: 8000, height: 6000 };
const SMALL = { width: 800, height: 600 };

/** Answers each order with one tile, and tells of which images the tile is still held. */
class PictureWorker extends EventTarget {
  static readonly held = new Set<number>();

  postMessage({ order, imageId }: ImageOrder): void {
    PictureWorker.held.add(imageId);
    const bitmap = { ...SMALL, close: () => PictureWorker.held.delete(imageId) } as unknown as ImageBitmap;
    const tiles: ImageTile[] = [{ x: 0, y: 0, bitmap }];
    const data: ImageAnswer = { kind: "level", order, imageId, level: { ...SMALL, tiles } };
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

beforeEach(() => {
  vi.stubGlobal("Worker", PictureWorker);
  for (const name of ["innerWidth", "innerHeight", "devicePixelRatio"]) vi.stubGlobal(name, 1);
});
afterEach(() => {
  PictureWorker.held.clear();
  vi.unstubAllGlobals();
});

test("the image on the screen stays when the one after it takes its room, though it was there beforehand itself", () => {
  const cache = new ImageCache();
  cache.show(1);
  void cache.get(1, LARGE);
  cache.ahead(2, LARGE);
  expect(cache.show(2)?.levelFor(1)).not.toBeNull();
  cache.ahead(3, LARGE);
  expect([...PictureWorker.held]).toEqual([2, 3]);
});

test("of small images, too, only those seen lately are held", () => {
  const cache = new ImageCache();
  for (let imageId = 1; imageId <= 50; imageId++) {
    cache.show(imageId);
    void cache.get(imageId, SMALL);
    cache.ahead(imageId + 1, SMALL);
  }
  expect(PictureWorker.held.size).toBeLessThan(20);
  expect(PictureWorker.held).toContain(50);
});
