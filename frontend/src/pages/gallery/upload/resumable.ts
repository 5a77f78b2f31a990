/** What this browser keeps to go on with an upload: its address, under what tells the file again. */
import { defaultOptions } from "tus-js-client";

/** The ids of uploads that go on when their file is chosen again. */
export async function findResumable(): Promise<Set<string>> {
  return new Set((await storedUploads()).map(({ id }) => id));
}

export async function forgetResumable(uploadId: string): Promise<void> {
  for (const { id, key } of await storedUploads()) {
    if (id === uploadId) await defaultOptions.urlStorage.removeUpload(key);
  }
}

async function storedUploads(): Promise<{ id: string; key: string }[]> {
  const stored = await defaultOptions.urlStorage.findAllUploads();
  return stored.flatMap(({ uploadUrl, urlStorageKey }) =>
    uploadUrl === null ? [] : [{ id: uploadUrl.slice(uploadUrl.lastIndexOf("/") + 1), key: urlStorageKey }],
  );
}
