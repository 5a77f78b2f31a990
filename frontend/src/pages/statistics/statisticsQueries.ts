/** What the page of statistics asks the server. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Checkpoint, Page, Speed, Split } from "../../api/types.ts";
import type {
  GroundTruth,
  JudgedImage,
  Statistics,
  Suspect,
  SuspectKind,
  ThresholdHistoryEntry,
  Uncertainty,
} from "./statisticsTypes.ts";

/** Which predictions are judged, and by what. */
export interface Judging {
  modelId: number;
  split: Split;
  checkpoint: Checkpoint;
  speed: Speed;
  iouPercent: number;
  groundTruth: GroundTruth;
}

/** Score thresholds that are tried out, 0-1: one for all labels, or some labels' own. Null are the ones in force. */
export type ScorePreview = { all: number } | { labels: Readonly<Record<string, number>> } | null;

export type PredictionOrder = "missed" | "imagined" | "lowest_iou" | "uncertain" | "name";
export type PredictionFilter = "all" | "correct" | "incorrect";

/** Images fetched at once, with all their masks: a few rows of thumbnails. */
const IMAGES_A_PAGE = 24;
const SUSPECTS_SHOWN = 60;

export const statisticsQuery = (judging: Judging, preview: ScorePreview) =>
  queryOptions({
    queryKey: ["models", judging.modelId, "statistics", judging, preview],
    queryFn: ({ signal }) =>
      api.get<Statistics>(withParameters(pathOf(judging, "statistics"), previewParameters(preview)), { signal }),
    // The old figures stay until the new ones are here, but never those of another model.
    placeholderData: (old, query) => (query?.queryKey[1] === judging.modelId ? old : undefined),
  });

export const uncertaintyQuery = (judging: Judging, preview: ScorePreview) =>
  queryOptions({
    queryKey: ["models", judging.modelId, "uncertainty", judging, preview],
    queryFn: ({ signal }) =>
      api.get<Uncertainty>(withParameters(pathOf(judging, "statistics/uncertainty"), previewParameters(preview)), {
        signal,
      }),
    placeholderData: (old, query) => (query?.queryKey[1] === judging.modelId ? old : undefined),
  });

export const thresholdHistoryQuery = (modelId: number, checkpoint: Checkpoint) =>
  queryOptions({
    queryKey: ["models", modelId, "threshold-history", checkpoint],
    queryFn: () =>
      api.get<Page<ThresholdHistoryEntry>>(`/api/v1/models/${modelId}/thresholds/history`, { query: { checkpoint } }),
  });

export interface PredictionWish {
  order: PredictionOrder;
  label: string | null;
  preview: ScorePreview;
}

export const judgedImagesQuery = (judging: Judging, { order, label, preview }: PredictionWish) =>
  infiniteQueryOptions({
    queryKey: ["models", judging.modelId, "predictions", judging, order, label, preview],
    queryFn: ({ pageParam, signal }) => {
      const parameters = previewParameters(preview);
      parameters.set("sort", order);
      parameters.set("limit", String(IMAGES_A_PAGE));
      if (label !== null) parameters.set("label", label);
      if (pageParam !== null) parameters.set("cursor", pageParam);
      return api.get<Page<JudgedImage>>(withParameters(pathOf(judging, "predictions"), parameters), { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (old, query) => (query?.queryKey[1] === judging.modelId ? old : undefined),
  });

/** One image, wherever it stands in the list; null where the set does not have it, or nothing of the label is on it. */
export const judgedImageQuery = (
  judging: Judging,
  imageId: number,
  { label, preview }: Omit<PredictionWish, "order">,
) =>
  queryOptions({
    queryKey: ["models", judging.modelId, "judged-image", imageId, judging, label, preview],
    queryFn: async ({ signal }) => {
      const parameters = previewParameters(preview);
      parameters.set("image_id", String(imageId));
      if (label !== null) parameters.set("label", label);
      const path = withParameters(pathOf(judging, "predictions"), parameters);
      return (await api.get<Page<JudgedImage>>(path, { signal })).items[0] ?? null;
    },
  });

export const suspectsQuery = (judging: Judging, kind: SuspectKind | null) =>
  queryOptions({
    queryKey: ["models", judging.modelId, "suspects", judging, kind],
    queryFn: ({ signal }) => {
      const parameters = new URLSearchParams({ limit: String(SUSPECTS_SHOWN) });
      if (kind !== null) parameters.set("kind", kind);
      return api.get<Page<Suspect>>(withParameters(pathOf(judging, "suspects"), parameters), { signal });
    },
  });

/** The address of something about a model's predictions, judged in this way. */
export function pathOf({ modelId, split, checkpoint, speed, iouPercent, groundTruth }: Judging, name: string): string {
  const parameters = new URLSearchParams({
    split,
    checkpoint,
    speed,
    iou_threshold: String(iouPercent / 100),
    ground_truth: groundTruth,
  });
  return `/api/v1/models/${modelId}/${name}?${parameters}`;
}

function withParameters(path: string, parameters: URLSearchParams): string {
  return parameters.size === 0 ? path : `${path}&${parameters}`;
}

/** Names of the query by which thresholds are tried. */
export function previewParameters(preview: ScorePreview): URLSearchParams {
  if (preview === null) return new URLSearchParams();
  if ("all" in preview) return new URLSearchParams({ score_threshold: String(preview.all) });
  return new URLSearchParams(
    Object.entries(preview.labels).map(([label, score]) => ["threshold", `${label}:${score}`]),
  );
}
