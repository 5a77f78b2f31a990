/** Which images are worked on, and in what order: the chosen ones, else the filtered ones, else all. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import { withMoments } from "../../gallery/filters/uploadDays.ts";

const FILTERS = [
  "label",
  "labeled",
  "validation",
  "drafts",
  "q",
  "folder",
  "uploaded_by",
  "uploaded_after",
  "uploaded_before",
  "sort",
] as const;

export interface ImageRow {
  readonly kind: "chosen" | "filtered" | "all";
  readonly ids: readonly number[];
}

/** Where the gallery leaves the ids of the images it opens the editor for: too many for an address. */
export function chosenImagesKey(projectId: number): string {
  return `maskwright.labeling.${projectId}`;
}

export function imageRowQuery(projectId: number, search: URLSearchParams) {
  const chosen = chosenIds(projectId, search);
  const filter = filterOf(search);
  return queryOptions({
    queryKey: ["projects", projectId, "image-ids", chosen?.join() ?? "", filter],
    queryFn: async (): Promise<ImageRow> => {
      if (chosen) return { kind: "chosen", ids: chosen };
      const all = await api.get<{ items: number[] }>(`/api/v1/projects/${projectId}/images/ids`, {
        query: withMoments(filter),
      });
      const isFiltered = Object.keys(filter).some((name) => name !== "sort");
      return { kind: isFiltered ? "filtered" : "all", ids: all.items };
    },
    // Sorted by last change, the row would turn over under the person who works along it.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** The filter part of an address, kept while going from image to image. */
export function filterOf(search: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...search].filter(([name]) => FILTERS.some((known) => known === name)));
}

function chosenIds(projectId: number, search: URLSearchParams): number[] | null {
  const text = search.get("ids") ?? (search.has("chosen") ? sessionStorage.getItem(chosenImagesKey(projectId)) : null);
  if (text === null) return null;
  const ids = text
    .split(",")
    .map(Number)
    .filter((id) => Number.isInteger(id) && id > 0);
  return ids.length > 0 ? ids : null;
}
