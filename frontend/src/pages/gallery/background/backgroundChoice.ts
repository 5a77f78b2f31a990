import type { Gallery } from "../useGallery.ts";

/** What can be said of images: that nothing is on them, where none is known to have objects; else, to take that back. */
export type BackgroundChoice = "mark" | "takeBack" | null;

export function backgroundChoice(ids: readonly number[], itemOf: Gallery["itemOf"]): BackgroundChoice {
  const isMarked = (id: number) => itemOf(id)?.background ?? false;
  const haveObjects = ids.some((id) => (itemOf(id)?.instance_count ?? 0) > 0);
  if (!haveObjects && !ids.every(isMarked)) return "mark";
  return ids.some(isMarked) ? "takeBack" : null;
}
