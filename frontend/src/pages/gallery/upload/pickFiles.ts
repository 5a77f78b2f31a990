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

export interface DroppedFiles {
  files: NamedFile[];
  /** Names of files and folders that the system does not let be read. */
  unreadable: string[];
}

/** All files of a drop, those in dropped folders too. */
export async function filesOfDrop(transfer: DataTransfer): Promise<DroppedFiles> {
  // All must be taken before the first await: the transfer is empty afterwards.
  const dropped = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const unreadable: string[] = [];
  const nested = await Promise.all(
    dropped.map(async ({ entry, file }) => {
      if (entry !== null) return filesOfEntry(entry, unreadable);
      // A picture dragged out of another page is a file without a place in a file system.
      return file === null ? [] : [{ name: file.name, file }];
    }),
  );
  return { files: nested.flat(), unreadable };
}

export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

async function filesOfEntry(entry: FileSystemEntry, unreadable: string[]): Promise<NamedFile[]> {
  const name = entry.fullPath.replace(/^\//, "");
  try {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      return [{ name, file }];
    }
    const entries = await entriesOf(entry as FileSystemDirectoryEntry);
    return (await Promise.all(entries.map((inside) => filesOfEntry(inside, unreadable)))).flat();
  } catch {
    unreadable.push(name);
    return [];
  }
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
