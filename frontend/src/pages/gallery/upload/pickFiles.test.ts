import { expect, test } from "vitest";
import { filesOfDrop } from "./pickFiles.ts";

const fileEntry = (fullPath: string): FileSystemEntry =>
  ({
    isFile: true,
    fullPath,
    file: (onFile: (file: File) => void) => onFile(new File(["x"], fullPath.slice(fullPath.lastIndexOf("/") + 1))),
  }) as unknown as FileSystemEntry;

const unreadableEntry = (fullPath: string): FileSystemEntry =>
  ({
    isFile: true,
    fullPath,
    file: (_: unknown, onError: (error: Error) => void) => onError(new DOMException("no", "NotReadableError")),
  }) as unknown as FileSystemEntry;

/** A folder whose reader gives two at a time, as a browser's gives a hundred. */
const folderEntry = (fullPath: string, entries: FileSystemEntry[]): FileSystemEntry =>
  ({
    isFile: false,
    fullPath,
    createReader: () => {
      const left = [...entries];
      return { readEntries: (onEntries: (some: FileSystemEntry[]) => void) => onEntries(left.splice(0, 2)) };
    },
  }) as unknown as FileSystemEntry;

const drop = (...items: { entry: FileSystemEntry | null; file?: File }[]): DataTransfer =>
  ({
    items: items.map(({ entry, file }) => ({
      kind: "file",
      webkitGetAsEntry: () => entry,
      getAsFile: () => file ?? null,
    })),
  }) as unknown as DataTransfer;

test("folders in folders keep their names, however many files they hold", async () => {
  const inner = folderEntry(
    "/fruit/figs",
    ["a", "b", "c"].map((name) => fileEntry(`/fruit/figs/${name}.jpg`)),
  );
  const { files, unreadable } = await filesOfDrop(
    drop({ entry: folderEntry("/fruit", [inner, fileEntry("/fruit/d.jpg")]) }, { entry: fileEntry("/e.jpg") }),
  );
  const names = ["fruit/figs/a.jpg", "fruit/figs/b.jpg", "fruit/figs/c.jpg", "fruit/d.jpg", "e.jpg"];
  expect(files.map(({ name }) => name)).toEqual(names);
  expect(unreadable).toEqual([]);
});

test("a picture out of another page has no place in a file system", async () => {
  const { files } = await filesOfDrop(drop({ entry: null, file: new File(["x"], "photo.png") }));
  expect(files.map(({ name }) => name)).toEqual(["photo.png"]);
});

test("what cannot be read is named, and the others come", async () => {
  const folder = folderEntry("/a", [unreadableEntry("/a/locked.jpg"), fileEntry("/a/open.jpg")]);
  const { files, unreadable } = await filesOfDrop(drop({ entry: folder }));
  expect(files.map(({ name }) => name)).toEqual(["a/open.jpg"]);
  expect(unreadable).toEqual(["a/locked.jpg"]);
});
