import { queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { ImageItem } from "../../../api/types.ts";

/** An image's name, size and whether it is labeled; read for those in sight. */
export const imageQuery = (imageId: number) =>
  queryOptions({
    queryKey: ["images", imageId],
    queryFn: () => api.get<ImageItem>(`/api/v1/images/${imageId}`),
    staleTime: 60_000,
  });
