import { queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { LabelFormat } from "../../../api/types.ts";

/** The formats that the server reads and writes. */
export const labelFormatsQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["labelFormats"],
    queryFn: () => api.get<{ items: LabelFormat[] }>(`/api/v1/projects/${projectId}/labels/formats`),
    staleTime: Number.POSITIVE_INFINITY,
  });
