import { queryOptions } from "@tanstack/react-query";
import { api } from "../../../api/client.ts";
import type { Folder, Uploader } from "../../../api/types.ts";

/** The folders with images directly in them: the first by name, and how many there are. */
export const foldersQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["projects", projectId, "folders"],
    queryFn: () => api.get<{ items: Folder[]; total: number }>(`/api/v1/projects/${projectId}/images/folders`),
  });

export const uploadersQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["projects", projectId, "uploaders"],
    queryFn: () => api.get<{ items: Uploader[] }>(`/api/v1/projects/${projectId}/images/uploaders`),
  });
