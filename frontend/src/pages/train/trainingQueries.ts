/** What the pages of training ask the server: the dialog's defaults, the queue, a model's curve and log. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, isNotFound } from "../../api/client.ts";
import type { CurvePoint, Model, ModelSize } from "../../api/types.ts";

export interface SizeDefaults {
  size: ModelSize;
  train_minutes: number;
  stop_minutes: number;
  /** After train_minutes: best and last then predict on every labeled image. */
  predict_minutes: number;
  image_size: number;
  /** Trained on at this image size; train_minutes rests on it. */
  images_per_second: number;
  /** Where it is from: a training on this device, one of another size, or none on this device tells it yet. */
  pace_basis: "measured" | "other size" | "reference";
  /** The model that showed it, where it is of this project. */
  measured_in: string | null;
  /** "random weights", "ImageNet weights", "COCO weights". */
  starts_from: string;
}

export interface TrainingDefaults {
  name: string;
  size: ModelSize;
  use_validation_set: boolean;
  validation_percent: number;
  learning_rate: number | null;
  labeled_images: number;
  unlabeled_images: number;
  /** Labeled and marked for validation. */
  marked_images: number;
  label_count: number;
  device: string;
  is_gpu: boolean;
  sizes: SizeDefaults[];
  /** The project's trainings that come before. */
  waits_for: string[];
  /** How many of other projects do. */
  waits_for_others: number;
  has_worker: boolean;
  /** Why a training cannot start, in words. */
  problem: string | null;
}

/** What a look at the labels found before a training. */
export interface Preflight {
  training_images: number;
  validation_images: number;
  problem: string | null;
  warnings: PreflightWarning[];
  /** Images whose labels changed since the model of the query was asked for. */
  images_changed: number | null;
}

export interface PreflightWarning {
  kind:
    | "few instances"
    | "not in training"
    | "not in validation"
    | "few validation images"
    | "degenerate"
    | "tiny"
    | "crowded"
    | "huge"
    | "near duplicates";
  labels: string[];
  count: number;
  of: number;
}

export interface PreflightChoice {
  image_size: number | undefined;
  use_validation_set: boolean | undefined;
  validation_percent: number | undefined;
  seed: number | undefined;
  like: number | undefined;
}

export interface QueuedModel extends Model {
  project_name: string;
  worker_id: string | null;
}

export interface Worker {
  id: string;
  hostname: string;
  device: string;
  memory_bytes: number | null;
  gpu_count: number;
  /** Of each size that was trained on such a device, at the size's own image size. */
  images_per_second: Partial<Record<ModelSize, number>>;
  started_at: string;
  heartbeat_at: string;
  model_id: number | null;
}

export interface Queue {
  running: QueuedModel[];
  queued: QueuedModel[];
  workers: Worker[];
  /** Trainings of projects that this person may not see. */
  hidden: number;
}

export const BUSY_POLL_MS = 2_000;
const IDLE_POLL_MS = 15_000;

/** With an image size, the times of each size are those at it instead of at the size's own. */
export const defaultsQuery = (projectId: number, imageSize?: number) =>
  queryOptions({
    queryKey: ["projects", projectId, "training-defaults", imageSize],
    queryFn: () =>
      api.get<TrainingDefaults>(`/api/v1/projects/${projectId}/models/defaults`, { query: { image_size: imageSize } }),
    gcTime: 0, // the form takes its first values from it: those of an earlier visit may be of other labels and names
  });

export const preflightQuery = (projectId: number, choice: PreflightChoice) =>
  queryOptions({
    queryKey: ["projects", projectId, "preflight", choice],
    queryFn: () => api.get<Preflight>(`/api/v1/projects/${projectId}/models/preflight`, { query: { ...choice } }),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });

export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: () => api.get<Queue>("/api/v1/queue"),
  refetchInterval: ({ state }) => (isBusy(state.data) ? BUSY_POLL_MS : IDLE_POLL_MS),
});

export const curveQuery = (modelId: number) =>
  queryOptions({
    queryKey: ["models", modelId, "curve"],
    queryFn: () => api.get<{ items: CurvePoint[] }>(`/api/v1/models/${modelId}/curve`),
  });

export const logQuery = (modelId: number) =>
  queryOptions({
    queryKey: ["models", modelId, "log"],
    queryFn: () => api.get<{ items: { at: string; message: string }[] }>(`/api/v1/models/${modelId}/log`),
  });

export function isActive(model: Pick<Model, "status">): boolean {
  return model.status === "queued" || model.status === "training" || model.status === "stopping";
}

/** When to ask again for models that may train: not where none does, or where they are gone. */
export function pollWhileActive(
  { data, error }: { data: readonly Pick<Model, "status">[] | undefined; error: Error | null },
  everyMs: number,
): number | false {
  return data?.some(isActive) && !isNotFound(error) ? everyMs : false;
}

/**
 * The curve with news: a point replaces its step's former one. A point at or before an earlier step means that the
 * training went on from a checkpoint, so the points after it are gone; and only one point is the best.
 */
export function mergePoints(old: readonly CurvePoint[], news: readonly CurvePoint[]): CurvePoint[] {
  const first = news[0];
  if (first === undefined) return [...old];
  return [...old.filter((point) => point.step < first.step), ...news];
}

/** Where the red line stands: the latest point that was better than all before it. */
export function bestPoint(points: readonly CurvePoint[]): CurvePoint | undefined {
  return points.findLast((point) => point.is_best);
}

function isBusy(queue: Queue | undefined): boolean {
  return queue !== undefined && queue.running.length + queue.queued.length > 0;
}
