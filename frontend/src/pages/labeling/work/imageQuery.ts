import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import { projectQuery } from "../../../api/queries.ts";
import type { ImageItem } from "../../../api/types.ts";

/** An image's name, size and whether it is labeled; read for those in sight. */
export const imageQuery = (imageId: number) =>
  queryOptions({
    queryKey: ["images", imageId],
    queryFn: () => api.get<ImageItem>(`/api/v1/images/${imageId}`),
    staleTime: 60_000,
  });

/** After a change of the image: other pages read anew what they show of the project. */
export function readImageAnew(
  client: QueryClient,
  projectId: number,
  imageId: number,
  { changesProgress }: { changesProgress: boolean },
): void {
  void client.invalidateQueries({ queryKey: imageQuery(imageId).queryKey });
  const { queryKey } = projectQuery(projectId);
  // here it is the progress alone: the whole page would be drawn with every stroke
  void client.invalidateQueries({ queryKey, refetchType: "none" });
  if (changesProgress) void client.invalidateQueries({ queryKey, exact: true });
}
