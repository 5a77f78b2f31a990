/** The folders of a project as the filter lists them: with those that only hold folders, and what lies below counted. */
import type { Folder } from "../../../api/types.ts";

export interface FolderRow {
  /** The whole path, "fruit/figs". */
  path: string;
  /** Its last part. */
  name: string;
  /** Folders around it. */
  depth: number;
  /** Images in it and below it: as many as the filter shows. */
  count: number;
}

/** Every folder, each followed by those inside it. */
export function folderRows(folders: readonly Folder[]): FolderRow[] {
  const counts = new Map<string, number>();
  for (const { folder, image_count } of folders) {
    for (const path of pathsTo(folder)) counts.set(path, (counts.get(path) ?? 0) + image_count);
  }
  return [...counts]
    .map(([path, count]) => ({ path, parts: path.split("/"), count }))
    .sort((a, b) => compareParts(a.parts, b.parts))
    .map(({ path, parts, count }) => ({ path, name: parts.at(-1) ?? path, depth: parts.length - 1, count }));
}

/** Rows whose path has the words, in any case. */
export function findFolders(rows: readonly FolderRow[], words: string): readonly FolderRow[] {
  const wanted = words.trim().toLowerCase();
  return wanted === "" ? rows : rows.filter(({ path }) => path.toLowerCase().includes(wanted));
}

/** "a/b/c" → "a", "a/b", "a/b/c". */
function pathsTo(folder: string): string[] {
  if (folder === "") return [];
  const parts = folder.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Part by part: "a-b" must not come between "a" and "a/b". */
function compareParts(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = part.localeCompare(other, "en", { numeric: true });
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
