/**
 * Fetches, decodes, cuts and shrinks images beside the page: of a large one each of these takes the better part of a second, in which
 * the page could do nothing else.
 */
import type { Box } from "../../../geometry/types.ts";
import { type ImageLevel, type ImageTile, tileBoxes } from "../../../render/imagePyramid.ts";

/** What the page asks: the first of these paths that the browser can read. */
export interface ImageOrder {
  readonly imageId: number;
  readonly paths: readonly string[];
}

export type ImageAnswer =
  /** The largest level comes first. */
  | { readonly kind: "level"; readonly imageId: number; readonly level: ImageLevel }
  | { readonly kind: "failed"; readonly imageId: number };

/** Levels below this long side are not worth having. */
const SMALLEST = 512;

self.addEventListener("message", ({ data }: MessageEvent<ImageOrder>) => void work(data));

async function work({ imageId, paths }: ImageOrder): Promise<void> {
  const full = await decodeFirst(paths);
  if (!full) {
    self.postMessage({ kind: "failed", imageId } satisfies ImageAnswer);
    return;
  }
  for (let picture: ImageBitmap | null = full; picture; ) {
    const boxes = tileBoxes(picture);
    // one tile is the picture itself, and gone when it is sent; of several, the page can show them before the rest is made
    const isWhole = boxes.length === 1;
    const early: ImageBitmap | null = isWhole ? await half(picture) : null;
    send(imageId, isWhole ? levelOf(picture, [{ x: 0, y: 0, bitmap: picture }]) : await cut(picture, boxes));
    const smaller: ImageBitmap | null = isWhole ? early : await half(picture);
    if (!isWhole) picture.close();
    picture = smaller;
  }
}

function send(imageId: number, level: ImageLevel): void {
  const answer: ImageAnswer = { kind: "level", imageId, level };
  self.postMessage(answer, { transfer: level.tiles.map(({ bitmap }) => bitmap) });
}

function levelOf({ width, height }: ImageBitmap, tiles: readonly ImageTile[]): ImageLevel {
  return { width, height, tiles };
}

async function decodeFirst(paths: readonly string[]): Promise<ImageBitmap | null> {
  for (const path of paths) {
    const response = await fetch(path, { credentials: "same-origin" }).catch(() => null);
    if (!response?.ok) continue;
    const picture = await createImageBitmap(await response.blob(), { imageOrientation: "from-image" }).catch(
      () => null,
    );
    if (picture) return picture;
  }
  return null;
}

async function cut(picture: ImageBitmap, boxes: readonly Box[]): Promise<ImageLevel> {
  const tiles = boxes.map(async ({ x0, y0, x1, y1 }) => ({
    x: x0,
    y: y0,
    bitmap: await createImageBitmap(picture, x0, y0, x1 - x0, y1 - y0),
  }));
  return levelOf(picture, await Promise.all(tiles));
}

function half(picture: ImageBitmap): Promise<ImageBitmap> | null {
  if (Math.max(picture.width, picture.height) / 2 < SMALLEST) return null;
  return createImageBitmap(picture, {
    resizeWidth: Math.max(1, Math.round(picture.width / 2)),
    resizeHeight: Math.max(1, Math.round(picture.height / 2)),
    resizeQuality: "medium",
  });
}
