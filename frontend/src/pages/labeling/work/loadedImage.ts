/** What an image is opened with. */
import { api } from "../../../api/client.ts";
import type { ImageItem } from "../../../api/types.ts";
import { type Instance, instanceFromJson } from "../../../editor/instance.ts";
import { imageTransport, type Stored } from "../saving/transport.ts";

export interface LoadedImage {
  readonly image: ImageItem;
  readonly stored: Stored;
  /** What is stored, read: of an image fetched ahead before it is asked for. */
  readonly base: readonly Instance[];
}

/** `onImage` hears of the image before its objects are there, of which there may be thousands. */
export async function fetchImage(
  projectId: number,
  imageId: number,
  onImage?: (image: ImageItem) => void,
): Promise<LoadedImage> {
  const [image, stored] = await Promise.all([fetchItem(imageId, onImage), imageTransport(projectId, imageId).load()]);
  return { image, stored, base: stored.items.map(instanceFromJson) };
}

async function fetchItem(imageId: number, onImage?: (image: ImageItem) => void): Promise<ImageItem> {
  const image = await api.get<ImageItem>(`/api/v1/images/${imageId}`);
  onImage?.(image);
  return image;
}
