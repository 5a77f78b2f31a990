/** Outlines for thumbnails, asked for in batches and kept until the image's labels change. */

import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { deferred } from "../../api/deferred.ts";
import type { ImageItem, ImageOutlines } from "../../api/types.ts";

/** One ring of an object: x and y by turns. Numbers in a row, because the collector would visit each pair of its own. */
export interface OutlineRing {
  labelId: number;
  points: Float32Array;
}

export interface Outlines {
  objectCount: number;
  rings: readonly OutlineRing[];
}

/** Long enough for a screen of tiles to ask together, and for those that fly past to be gone; too short to see. */
const BATCH_MS = 40;
const BATCH_IMAGES = 100;
/** Kept after its tile has left: for a look back, not for a whole project. */
const KEPT_MS = 30_000;
const NO_OUTLINES: Outlines = { objectCount: 0, rings: [] };

interface Wish {
  imageId: number;
  /** Aborted when no tile shows the image any more. */
  signal: AbortSignal;
  resolve: (outlines: Outlines) => void;
  reject: (error: unknown) => void;
}

const wishes = new Map<number, Wish[]>();

export const outlinesQuery = (projectId: number, image: ImageItem) =>
  queryOptions({
    queryKey: ["outlines", projectId, image.id, image.revision],
    queryFn: ({ signal }) => askFor(projectId, image.id, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
  });

function askFor(projectId: number, imageId: number, signal: AbortSignal): Promise<Outlines> {
  const { promise, resolve, reject } = deferred<Outlines>();
  const waiting = wishes.get(projectId) ?? [];
  if (waiting.length === 0) {
    wishes.set(projectId, waiting);
    setTimeout(() => void sendWishes(projectId), BATCH_MS);
  }
  waiting.push({ imageId, signal, resolve, reject });
  return promise;
}

async function sendWishes(projectId: number): Promise<void> {
  const waiting = (wishes.get(projectId) ?? []).filter(({ signal }) => !signal.aborted);
  wishes.delete(projectId);
  for (let start = 0; start < waiting.length; start += BATCH_IMAGES) {
    await sendBatch(projectId, waiting.slice(start, start + BATCH_IMAGES));
  }
}

async function sendBatch(projectId: number, batch: Wish[]): Promise<void> {
  const request = new AbortController();
  for (const { signal } of batch) {
    signal.addEventListener("abort", () => batch.every((wish) => wish.signal.aborted) && request.abort());
  }
  try {
    const ids = batch.map(({ imageId }) => imageId);
    const answer = await api.get<{ items: ImageOutlines[] }>(`/api/v1/projects/${projectId}/outlines`, {
      query: { image_ids: ids },
      signal: request.signal,
    });
    const byImage = new Map(answer.items.map((item) => [item.image_id, packOutlines(item.outlines)]));
    for (const wish of batch) wish.resolve(byImage.get(wish.imageId) ?? NO_OUTLINES);
  } catch (error) {
    for (const wish of batch) wish.reject(error);
  }
}

export function packOutlines(outlines: ImageOutlines["outlines"]): Outlines {
  const rings = outlines.flatMap(({ label_id, rings }) =>
    rings.map((ring) => ({ labelId: label_id, points: Float32Array.from(ring.flat()) })),
  );
  return { objectCount: outlines.length, rings };
}
