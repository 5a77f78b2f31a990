/** Queries that several pages share. A page with a query of its own keeps it beside itself. */
import { queryOptions } from "@tanstack/react-query";
import { ApiError, api } from "./client.ts";
import type { Checkpoint, LabelClass, Me, Model, ModelSpeed, Page, Project } from "./types.ts";

/** Larger than any list these queries read (projects, labels, models of one project). */
const ALL = 1000;
const SPEED_POLL_MS = 1_000;

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me | null> => {
    try {
      return await api.get<Me>("/api/v1/me");
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: () => api.get<Page<Project>>("/api/v1/projects", { query: { limit: ALL } }),
});

export const projectQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["projects", projectId],
    queryFn: () => api.get<Project>(`/api/v1/projects/${projectId}`),
  });

export const labelsQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["projects", projectId, "labels"],
    queryFn: () => api.get<Page<LabelClass>>(`/api/v1/projects/${projectId}/labels`, { query: { limit: ALL } }),
  });

export const modelsQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["projects", projectId, "models"],
    queryFn: () => api.get<Page<Model>>(`/api/v1/projects/${projectId}/models`, { query: { limit: ALL } }),
  });

export const modelQuery = (modelId: number) =>
  queryOptions({
    queryKey: ["models", modelId],
    queryFn: () => api.get<Model>(`/api/v1/models/${modelId}`),
  });

export const speedsKey = (modelId: number) => ["models", modelId, "speeds"] as const;

/** How fast a model can predict, and what each speed of a checkpoint is worth; asked again while one is being made. */
export const speedsQuery = (modelId: number, checkpoint: Checkpoint = "best") =>
  queryOptions({
    queryKey: [...speedsKey(modelId), checkpoint],
    queryFn: () => api.get<{ items: ModelSpeed[] }>(`/api/v1/models/${modelId}/speeds`, { query: { checkpoint } }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ is_being_made }) => is_being_made) ? SPEED_POLL_MS : false,
  });
