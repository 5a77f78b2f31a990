/**
 * Fetches, decodes, cuts and shrinks images beside the page: of a large one each of these takes the better part of a second, in which
 * the page could do nothing else.
 */
import type { Box } from "../../../geometry/types.ts";
import { type ImageLevel, type ImageTile, tileBoxes } from "../../../render/imagePyramid.ts";

/** What the page asks: the first of these paths that the browser can read. */
export interface ImageOrder {
  /** Comes back with the answers: an image that was dropped may have been ordered again meanwhile. */
  readonly order: number;
  readonly imageId: number;
  readonly paths: readonly string[];
}

export type ImageAnswer =
  /** The largest level comes first. */
  | { readonly kind: "level"; readonly order: number; readonly imageId: number; readonly level: ImageLevel }
  | { readonly kind: "failed"; readonly order: number; readonly imageId: number };

/** Levels below this long side are not worth having. */
const SMALLEST = 512;
const SIGNED_OUT = 401;

self.addEventListener("message", ({ data }: MessageEvent<ImageOrder>) => void work(data));

async function work({ order, imageId, paths }: ImageOrder): Promise<void> {
  try {
    const full = await decodeFirst(paths);
    if (full) await sendLevels(full, (level) => send({ kind: "level", order, imageId, level }));
    else send({ kind: "failed", order, imageId });
  } catch {
    // no memory for it, or not for a smaller level: what has been sent stays
    send({ kind: "failed", order, imageId });
  }
}

async function sendLevels(full: ImageBitmap, sendOne: (level: ImageLevel) => void): Promise<void> {
  for (let picture: ImageBitmap | null = full; picture; ) {
    const boxes = tileBoxes(picture);
    // one tile is the picture itself, and gone when it is sent; of several, the page can show them before the rest is made
    const isWhole = boxes.length === 1;
    const early: ImageBitmap | null = isWhole ? await half(picture) : null;
    sendOne(isWhole ? levelOf(picture, [{ x: 0, y: 0, bitmap: picture }]) : await cut(picture, boxes));
    const smaller: ImageBitmap | null = isWhole ? early : await half(picture);
    if (!isWhole) picture.close();
    picture = smaller;
  }
}

function send(answer: ImageAnswer): void {
  self.postMessage(answer, { transfer: answer.kind === "level" ? answer.level.tiles.map(({ bitmap }) => bitmap) : [] });
}

function levelOf({ width, height }: ImageBitmap, tiles: readonly ImageTile[]): ImageLevel {
  return { width, height, tiles };
}

/** Null where none can be read, or the server not be reached: a smaller picture must not stand in for one that will come. */
async function decodeFirst(paths: readonly string[]): Promise<ImageBitmap | null> {
  for (const path of paths) {
    const response = await fetch(path, { credentials: "same-origin" }).catch(() => null);
    if (!response || response.status === SIGNED_OUT) return null;
    if (!response.ok) continue;
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
