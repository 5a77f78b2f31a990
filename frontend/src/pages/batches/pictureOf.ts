import { type BatchImageItem, type BatchItem, batchPath } from "./batchQueries.ts";

/** Where the picture of an image is; null where it is gone, or was none. */
export function pictureOf(batch: BatchItem, image: BatchImageItem): string | null {
  return addressOf(batch, image, "display");
}

export function thumbnailOf(batch: BatchItem, image: BatchImageItem): string | null {
  return addressOf(batch, image, "thumbnail");
}

function addressOf(batch: BatchItem, image: BatchImageItem, kind: "display" | "thumbnail"): string | null {
  // of a file that was refused nothing was kept
  if (image.width === 0) return null;
  if (!batch.of_project) return `${batchPath(batch.id)}/images/${image.position}/${kind}`;
  return image.image_id === null ? null : `/api/v1/images/${image.image_id}/${kind}`;
}
