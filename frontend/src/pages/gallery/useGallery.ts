/** The gallery's images: their order at once, what is known of each as it comes into sight. */
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../../api/client.ts";
import { projectQuery } from "../../api/queries.ts";
import type { ImageItem, Page } from "../../api/types.ts";
import { type GalleryFilter, queryOf } from "./galleryFilter.ts";

/** Images asked for at once: two or three screens. */
export const CHUNK_IMAGES = 60;
/** Images as near as these are asked for before they come into sight. */
export const NEAR_IMAGES = 20;

/** First and last of the aligned stretches of CHUNK_IMAGES. */
export interface Chunks {
  first: number;
  last: number;
}

export interface Gallery {
  /** Ids in the order shown. Of a large project only the first until all have come. */
  order: readonly number[];
  total: number;
  itemOf: (id: number) => ImageItem | undefined;
  remember: (items: readonly ImageItem[]) => void;
  /** Shows a change without asking the server. */
  changeItems: (ids: ReadonlySet<number>, change: Partial<ImageItem>) => void;
  /** What is known of the images comes in chunks, as they come into sight. */
  comesInChunks: boolean;
  isPending: boolean;
  /** Another filter was chosen, and what is shown is still the former one's. */
  isStale: boolean;
  error: unknown;
  retry: () => void;
}

/** All queries of a project's images begin with this; what is under it is Page<ImageItem>. */
export const imagesKey = (projectId: number) => ["projects", projectId, "images"] as const;
export const idsKey = (projectId: number) => ["projects", projectId, "gallery-ids"] as const;

/**
 * Reads the project's counts anew after a change of images, and the list where its filter looks at what was changed.
 * Otherwise the list stays as it is: sorted by last change, these images would jump to its top.
 */
export async function readAnew(
  client: QueryClient,
  projectId: number,
  { changesList }: { changesList: boolean },
): Promise<void> {
  await client.invalidateQueries({ queryKey: projectQuery(projectId).queryKey, exact: true });
  if (!changesList) return;
  await client.invalidateQueries({ queryKey: imagesKey(projectId) });
  await client.invalidateQueries({ queryKey: idsKey(projectId) });
}

/** Every id under the filter, in order. */
export const idsQuery = (projectId: number, filter: GalleryFilter) =>
  queryOptions({
    queryKey: [...idsKey(projectId), queryOf(filter)],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: number[] }>(`${path(projectId)}/ids`, { query: queryOf(filter), signal })).items,
    refetchOnWindowFocus: false,
  });

/**
 * The images under a filter.
 *
 * @param hidden Ids that are about to be deleted.
 */
export function useGallery(projectId: number, filter: GalleryFilter, hidden: ReadonlySet<number>): Gallery {
  const first = useQuery({ ...firstQuery(projectId, filter), placeholderData: keepPreviousData });
  const isMore = first.data !== undefined && first.data.total > first.data.items.length && !first.isPlaceholderData;
  const ids = useQuery({ ...idsQuery(projectId, filter), enabled: isMore });
  const all = useMemo(
    () => (isMore && ids.data) || (first.data?.items ?? []).map(({ id }) => id),
    [isMore, ids.data, first.data],
  );
  const order = useMemo(() => (hidden.size === 0 ? all : all.filter((id) => !hidden.has(id))), [all, hidden]);
  const known = useKnownItems(projectId);
  known.remember(first.data?.items ?? []);

  return {
    ...known,
    order,
    total: Math.max(order.length, (first.data?.total ?? 0) - (all.length - order.length)),
    comesInChunks: isMore && ids.data !== undefined,
    isPending: first.isPending,
    isStale: first.isPlaceholderData,
    error: first.error ?? ids.error,
    retry: () => {
      void first.refetch();
      if (ids.error) void ids.refetch();
    },
  };
}

/** Fetches what is in sight, or near it. Apart from the gallery, so that scrolling draws the grid alone anew. */
export function useItemsInSight(
  projectId: number,
  gallery: Gallery,
  inSight: Chunks,
): Pick<Gallery, "error" | "retry"> {
  const chunks = useQueries({
    queries: gallery.comesInChunks ? idsOfChunks(gallery.order, inSight).map((ids) => chunkQuery(projectId, ids)) : [],
  });
  for (const chunk of chunks) gallery.remember(chunk.data?.items ?? []);
  return {
    error: chunks.find((chunk) => chunk.error)?.error ?? null,
    retry: () => {
      for (const chunk of chunks) if (chunk.error) void chunk.refetch();
    },
  };
}

type KnownItems = Pick<Gallery, "itemOf" | "remember" | "changeItems">;

/** All that was fetched of a project's images; a scroll back shows it at once. */
function useKnownItems(projectId: number): KnownItems {
  const client = useQueryClient();
  return useMemo(() => {
    const known = new Map<number, ImageItem>();
    return {
      itemOf: (id) => known.get(id),
      remember: (items) => {
        for (const item of items) known.set(item.id, item);
      },
      changeItems: (ids, change) => {
        const changeOne = (item: ImageItem) => (ids.has(item.id) ? { ...item, ...change } : item);
        client.setQueriesData<Page<ImageItem>>({ queryKey: imagesKey(projectId) }, (page) =>
          page ? { ...page, items: page.items.map(changeOne) } : page,
        );
        // Of what is out of sight no query tells of the change.
        for (const [id, item] of known) known.set(id, changeOne(item));
      },
    };
  }, [client, projectId]);
}

/** The chunks that hold these places: scrolling within them asks for nothing, and draws nothing but the grid anew. */
export function chunksAt(places: { first: number; last: number }): Chunks {
  return {
    first: Math.floor(Math.max(0, places.first - NEAR_IMAGES) / CHUNK_IMAGES),
    last: Math.floor((places.last + NEAR_IMAGES) / CHUNK_IMAGES),
  };
}

/** The ids of chunks, as far as the order goes. */
export function idsOfChunks(order: readonly number[], chunks: Chunks): number[][] {
  const wanted: number[][] = [];
  for (let chunk = chunks.first; chunk <= chunks.last && chunk * CHUNK_IMAGES < order.length; chunk += 1) {
    wanted.push(order.slice(chunk * CHUNK_IMAGES, (chunk + 1) * CHUNK_IMAGES));
  }
  return wanted;
}

const path = (projectId: number) => `/api/v1/projects/${projectId}/images`;

const firstQuery = (projectId: number, filter: GalleryFilter) =>
  queryOptions({
    queryKey: [...imagesKey(projectId), "first", queryOf(filter)],
    queryFn: ({ signal }) =>
      api.get<Page<ImageItem>>(path(projectId), { query: { ...queryOf(filter), limit: CHUNK_IMAGES }, signal }),
    // The order is kept while one looks at it: nothing moves that a person did not move.
    refetchOnWindowFocus: false,
  });

const chunkQuery = (projectId: number, ids: readonly number[]) =>
  queryOptions({
    queryKey: [...imagesKey(projectId), "chunk", ids.join(",")],
    queryFn: ({ signal }) => api.get<Page<ImageItem>>(path(projectId), { query: { ids, limit: CHUNK_IMAGES }, signal }),
  });
