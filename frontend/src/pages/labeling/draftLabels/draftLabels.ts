/** What a model proposes as objects of an image: apart from the image's objects until a person accepts them. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { Instance as InstanceJson } from "../../../api/types.ts";
import { type Instance, instanceFromJson } from "../../../editor/instance.ts";

/** A draft that is accepted becomes this object: same id, its source the model. */
export interface DraftLabel {
  readonly instance: Instance;
  /** 0-1. */
  readonly score: number;
}

type DraftJson = InstanceJson & { score: number };

/** Read once for each visit to an image: what happens to the drafts there is known without asking again. */
export const imageDraftsQuery = (imageId: number) =>
  queryOptions({
    // not one of the image's own queries, which are asked again with every save
    queryKey: ["image-drafts", imageId],
    queryFn: async ({ signal }): Promise<readonly DraftLabel[]> => {
      const { items } = await api.get<{ items: DraftJson[] }>(`/api/v1/images/${imageId}/drafts`, { signal });
      return items.map((item) => ({ instance: instanceFromJson(item), score: item.score }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** Ids that are no drafts of the image are passed over. */
export function rejectDrafts(imageId: number, ids: readonly string[]): Promise<{ changed: number }> {
  return api.post(`/api/v1/images/${imageId}/drafts/reject`, { ids });
}

/** Rejects an object that was deleted, if it once was a draft; answers whether it was. */
export async function rejectObject(imageId: number, id: string): Promise<boolean> {
  return (await rejectDrafts(imageId, [id])).changed > 0;
}

export function restoreDrafts(imageId: number, ids: readonly string[]): Promise<unknown> {
  return api.post(`/api/v1/images/${imageId}/drafts/restore`, { ids });
}

/** The model of "model:fruit-2". */
export function modelOf(source: string): string {
  return source.replace(/^model:/, "");
}
