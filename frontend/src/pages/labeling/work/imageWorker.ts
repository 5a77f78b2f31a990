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
  /** Longest side of the window in its own pixels: what is drawn first has no need for more. */
  readonly screenSide: number;
}

export type ImageAnswer =
  /** The one that fills the screen comes first, the others from the largest on. */
  | { readonly kind: "level"; readonly order: number; readonly imageId: number; readonly level: ImageLevel }
  | { readonly kind: "failed"; readonly order: number; readonly imageId: number };

/** Levels below this long side are not worth having. */
const SMALLEST = 512;
const SIGNED_OUT = 401;

self.addEventListener("message", ({ data }: MessageEvent<ImageOrder>) => void work(data));

async function work({ order, imageId, paths, screenSide }: ImageOrder): Promise<void> {
  try {
    const full = await decodeFirst(paths);
    if (!full) {
      send({ kind: "failed", order, imageId });
      return;
    }
    for (const picture of byUse(await smallerAndSmaller(full), screenSide)) {
      send({ kind: "level", order, imageId, level: levelOf(picture) });
    }
  } catch {
    // no memory for it, or not for all of its levels: what has been sent stays
    send({ kind: "failed", order, imageId });
  }
}

/** To cut the full picture takes as long as to decode it; meanwhile the one that fits the screen is seen. */
function byUse(pictures: readonly ImageBitmap[], screenSide: number): ImageBitmap[] {
  const first = pictures.findLast((picture) => Math.max(picture.width, picture.height) >= screenSide) ?? pictures[0];
  return [...(first ? [first] : []), ...pictures.filter((picture) => picture !== first)];
}

function send(answer: ImageAnswer): void {
  self.postMessage(answer, { transfer: answer.kind === "level" ? answer.level.tiles.map(({ bitmap }) => bitmap) : [] });
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

async function smallerAndSmaller(full: ImageBitmap): Promise<ImageBitmap[]> {
  const pictures: ImageBitmap[] = [];
  for (let picture: ImageBitmap | null = full; picture; picture = await half(picture)) pictures.push(picture);
  return pictures;
}

/** Cut into tiles; the picture is gone then. */
function levelOf(picture: ImageBitmap): ImageLevel {
  const { width, height } = picture;
  const tiles = tileBoxes(picture).map((box) => cut(picture, box));
  picture.close();
  return { width, height, tiles };
}

/**
 * By drawing: the picture of a turned photo may only know how it is turned, and not all that shows it asks. What is read often lies in
 * main memory: a graphics card has no room for images that are not on the page.
 */
function cut(picture: ImageBitmap, { x0, y0, x1, y1 }: Box): ImageTile {
  const canvas = new OffscreenCanvas(x1 - x0, y1 - y0);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("There is no memory for a tile.");
  context.drawImage(picture, -x0, -y0);
  return { x: x0, y: y0, bitmap: canvas.transferToImageBitmap() };
}

async function half(picture: ImageBitmap): Promise<ImageBitmap | null> {
  if (Math.max(picture.width, picture.height) / 2 < SMALLEST) return null;
  return createImageBitmap(picture, {
    resizeWidth: Math.max(1, Math.round(picture.width / 2)),
    resizeHeight: Math.max(1, Math.round(picture.height / 2)),
    resizeQuality: "medium",
  });
}
