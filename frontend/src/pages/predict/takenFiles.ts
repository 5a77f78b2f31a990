/** Files that a person picked or dropped: a few are predicted at once while one looks, many go to a worker together. */
import { isReadable, unreadableReason } from "../gallery/upload/isReadable.ts";
import type { NamedFile } from "../gallery/upload/uploadQueue.ts";
import type { PictureSource } from "./usePredictions.ts";

/** More than these, one does not wait for one by one. */
export const MOST_AT_ONCE = 5;

export function isForBatch(files: readonly NamedFile[]): boolean {
  return files.length > MOST_AT_ONCE || files.some(isZip);
}

export function sourcesOf(files: readonly NamedFile[]): PictureSource[] {
  return files.map(({ name, file }) => ({ name, load: () => readable(name, file) }));
}

async function readable(name: string, file: File): Promise<Blob> {
  if (await isReadable(file)) return file;
  throw new Error(unreadableReason(name));
}

function isZip({ name, file }: NamedFile): boolean {
  return file.type.endsWith("zip") || file.type.endsWith("zip-compressed") || name.toLowerCase().endsWith(".zip");
}
