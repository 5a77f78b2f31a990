import { expect, test } from "vitest";
import { findFolders, folderRows } from "./folderTree.ts";

const folder = (path: string, image_count: number) => ({ folder: path, image_count });

test("a folder counts what lies below it, and one that only holds folders is there too", () => {
  expect(folderRows([folder("", 9), folder("a", 1), folder("a/b", 2), folder("c/d", 4)])).toEqual([
    { path: "a", name: "a", depth: 0, count: 3 },
    { path: "a/b", name: "b", depth: 1, count: 2 },
    { path: "c", name: "c", depth: 0, count: 4 },
    { path: "c/d", name: "d", depth: 1, count: 4 },
  ]);
});

test("folders follow the one that they lie in, and count as people do", () => {
  const rows = folderRows([folder("a-b", 1), folder("a/x10", 1), folder("a/x9", 1), folder("a", 1)]);
  expect(rows.map(({ path }) => path)).toEqual(["a", "a/x9", "a/x10", "a-b"]);
});

test("no folders, no rows", () => {
  expect(folderRows([folder("", 5)])).toEqual([]);
});

test("are found by any part of the path, in any case", () => {
  const rows = folderRows([folder("Fruit/Figs", 1), folder("nuts", 1)]);
  expect(findFolders(rows, " fIG ").map(({ path }) => path)).toEqual(["Fruit/Figs"]);
  expect(findFolders(rows, "")).toBe(rows);
});
