import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { Instances, Page, Revision } from "../../../api/types.ts";
import { type Instance, instanceFromJson } from "../../../editor/instance.ts";

export const revisionsQuery = (imageId: number) =>
  infiniteQueryOptions({
    queryKey: ["images", imageId, "revisions"],
    queryFn: ({ pageParam }) =>
      api.get<Page<Revision>>(`/api/v1/images/${imageId}/revisions`, { query: { cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    // the list is opened to see what was just saved
    staleTime: 0,
  });

export const pastInstancesQuery = (imageId: number, revision: number) =>
  queryOptions({
    queryKey: ["images", imageId, "revisions", revision],
    queryFn: async (): Promise<readonly Instance[]> =>
      (await api.get<Instances>(`/api/v1/images/${imageId}/revisions/${revision}`)).items.map(instanceFromJson),
    staleTime: 0,
  });
