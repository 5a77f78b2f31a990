/** Batches: predictions on many images that a worker makes and the server keeps for a while. Scores are 0-1 here. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Checkpoint, Page, Rle, Speed } from "../../api/types.ts";
import type { MadeDrafts } from "./draftQueries.ts";

export type BatchStatus = "queued" | "running" | "ready" | "failed" | "cancelled";

export interface BatchItem {
  id: number;
  project_id: number;
  /** Null where the model is gone; its name stays. */
  model_id: number | null;
  model_name: string;
  checkpoint: Checkpoint;
  speed: Speed;
  /** Over images of the project; else over files that were sent. */
  of_project: boolean;
  status: BatchStatus;
  total: number;
  /** Those that could not be looked at, too. */
  done: number;
  error: string | null;
  created_by: { id: number; name: string } | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  /** When it is deleted by itself; known once it has ended. */
  expires_at: string | null;
}

export interface Batch extends BatchItem {
  /** The model's when the batch was asked for. */
  thresholds: Record<string, number>;
  /** Nothing below it was kept. */
  lowest_kept_score: number;
  problem_count: number;
  /** Null where nobody wants any. */
  drafts: BatchDrafts | null;
}

/** The draft labels that somebody wants of a batch: those made so far, and all of them once `is_made`. */
export interface BatchDrafts {
  /** Null leaves it to the thresholds. */
  min_score: number | null;
  is_made: boolean;
  /** Why they could not be made. */
  error: string | null;
  made: MadeDrafts;
}

export interface BatchImageItem {
  /** From 1. */
  position: number;
  name: string;
  image_id: number | null;
  width: number;
  height: number;
  is_done: boolean;
  /** At the batch's thresholds. */
  prediction_count: number | null;
  error: string | null;
}

export interface BatchPrediction {
  label: string;
  score: number;
  box_xyxy: [number, number, number, number];
  rle: Rle;
}

export interface BatchImage extends BatchImageItem {
  /** The best score first. */
  predictions: BatchPrediction[];
}

export interface StartedBatch {
  id: number;
  refused: { name: string; error: string }[];
}

const POLL_MS = 1_000;
const IMAGES_AT_ONCE = 200;
const BATCHES_AT_ONCE = 50;

export function isGoing({ status }: Pick<BatchItem, "status">): boolean {
  return status === "queued" || status === "running";
}

export const batchPath = (batchId: number) => `/api/v1/batches/${batchId}`;

export const batchQuery = (batchId: number) =>
  queryOptions({
    queryKey: ["batches", batchId],
    queryFn: () => api.get<Batch>(batchPath(batchId)),
    refetchInterval: ({ state }) => (state.data && isGoing(state.data) ? POLL_MS : false),
  });

/** The images in their order, a page at a time. */
export const batchImagesQuery = (batchId: number) =>
  infiniteQueryOptions({
    queryKey: ["batches", batchId, "images"],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<BatchImageItem>>(`${batchPath(batchId)}/images`, {
        query: { limit: IMAGES_AT_ONCE, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });

export const batchImageQuery = (batchId: number, position: number) =>
  queryOptions({
    queryKey: ["batches", batchId, "image", position],
    queryFn: ({ signal }) =>
      api.get<BatchImage>(`${batchPath(batchId)}/images/${position}`, { query: { mask: "rle" }, signal }),
    // what was predicted stays as it is
    staleTime: ({ state }) => (state.data?.is_done ? Number.POSITIVE_INFINITY : 0),
  });

/** A project's batches, the newest first; of one model, or of all. */
export const batchesQuery = (projectId: number, modelId: number | null) =>
  infiniteQueryOptions({
    queryKey: ["projects", projectId, "batches", modelId],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<BatchItem>>(`/api/v1/projects/${projectId}/batches`, {
        query: { model: modelId, limit: BATCHES_AT_ONCE, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(isGoing)) ? 2 * POLL_MS : false),
  });

/** What the images of a batch are asked with, beside the images. */
export interface BatchSettings {
  checkpoint: Checkpoint;
  speed: Speed;
}

export const batchesPath = (modelId: number, { checkpoint, speed }: BatchSettings) =>
  `/api/v1/models/${modelId}/batches?${new URLSearchParams({ checkpoint, speed })}`;

/** Whether what is found becomes draft labels, and from which score on; null leaves that to the model's thresholds. */
export type WantedDrafts = { min_score: number | null } | null;

/** Over images by their ids; the best checkpoint at the model's own speed. */
export function startOverImages(
  modelId: number,
  imageIds: readonly number[],
  drafts: WantedDrafts = null,
): Promise<StartedBatch> {
  return api.post<StartedBatch>(`/api/v1/models/${modelId}/batches`, { image_ids: imageIds, make_drafts: drafts });
}

/**
 * Over every image of the project under a filter, in the same way.
 *
 * @param filter The query of the project's list of images.
 */
export function startOverFilter(
  modelId: number,
  filter: Readonly<Record<string, string>>,
  drafts: WantedDrafts = null,
): Promise<StartedBatch> {
  const body = { make_drafts: drafts };
  return api.post<StartedBatch>(`/api/v1/models/${modelId}/predict-project`, body, { query: filter });
}
