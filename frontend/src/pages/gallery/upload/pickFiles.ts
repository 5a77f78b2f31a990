/** Files from the system's dialog or from a drag, with the folders that they lie in. */
import { deferred } from "../../../api/deferred.ts";
import type { NamedFile } from "./uploadQueue.ts";

export type PickKind = "images" | "folder" | "zip";

const ACCEPT: Record<PickKind, string> = {
  // Some systems know no type for these endings.
  images: "image/*,.avif,.jp2,.tif,.tiff",
  folder: "",
  zip: ".zip,application/zip",
};

/** Opens the system's dialog; answers nothing when it is closed without a choice. */
export function pickFiles(kind: PickKind): Promise<NamedFile[]> {
  const { promise, resolve } = deferred<NamedFile[]>();
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = ACCEPT[kind];
  input.webkitdirectory = kind === "folder";
  input.addEventListener("change", () => {
    resolve([...(input.files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
  });
  input.addEventListener("cancel", () => resolve([]));
  input.click();
  return promise;
}

/** All files of a drop, those in dropped folders too. */
export async function filesOfDrop(transfer: DataTransfer): Promise<NamedFile[]> {
  // All must be taken before the first await: the transfer is empty afterwards.
  const dropped = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const nested = await Promise.all(
    dropped.map(async ({ entry, file }) => {
      if (entry !== null) return filesOfEntry(entry);
      // A picture dragged out of another page is a file without a place in a file system.
      return file === null ? [] : [{ name: file.name, file }];
    }),
  );
  return nested.flat();
}

export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

async function filesOfEntry(entry: FileSystemEntry): Promise<NamedFile[]> {
  const name = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name, file }];
  }
  const nested = await Promise.all((await entriesOf(entry as FileSystemDirectoryEntry)).map(filesOfEntry));
  return nested.flat();
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred at a time, and none when it is through.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
