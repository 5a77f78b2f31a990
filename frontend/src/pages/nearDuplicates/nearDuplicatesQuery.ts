import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { ImageItem, Page } from "../../api/types.ts";

export interface Group {
  images: ImageItem[];
  /** Some are for validation and some are not. */
  across: boolean;
}

interface NearDuplicates extends Page<Group> {
  groups_across: number;
  /** Images of which it is not known yet what they look like. */
  images_unknown: number;
}

const GROUPS_A_PAGE = 30;

export const nearDuplicatesQuery = (projectId: number, isAcross: boolean) =>
  infiniteQueryOptions({
    queryKey: ["projects", projectId, "near-duplicates", isAcross],
    queryFn: ({ pageParam, signal }) =>
      api.get<NearDuplicates>(`/api/v1/projects/${projectId}/near-duplicates`, {
        query: { limit: GROUPS_A_PAGE, cursor: pageParam, across: isAcross || null },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
