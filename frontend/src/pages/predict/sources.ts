import type { PictureSource } from "./usePredictions.ts";

/** The files that a person picked or dropped, as sources of pictures. */
export function sourcesOf(files: FileList | null): PictureSource[] {
  return [...(files ?? [])].map((file) => ({ name: file.name, load: () => Promise.resolve<Blob>(file) }));
}
