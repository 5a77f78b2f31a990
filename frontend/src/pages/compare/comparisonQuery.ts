import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Checkpoint, Split } from "../../api/types.ts";
import type { PrecisionRecallCurve } from "../../charts/precisionRecall.ts";
import type { Difference, GlobalStatistics, LabelStatistics } from "../statistics/statisticsTypes.ts";

export interface ComparedModel {
  model_id: number;
  name: string;
  global: GlobalStatistics;
  labels: LabelStatistics[];
  curves: Record<string, PrecisionRecallCurve>;
  global_curve: PrecisionRecallCurve | null;
  /** Of its set, which another one lacks. */
  images_only_here: number;
  /** Of mAP; null of the first itself. */
  against_first: Difference | null;
}

export interface ComparedImage {
  image_id: number;
  /** Null once the image is deleted. */
  name: string | null;
  /** The largest difference of F1 between two of the models. */
  spread: number;
  models: {
    model_id: number;
    correct_count: number;
    incorrect_count: number;
    missed_count: number;
    f1: number | null;
  }[];
}

export interface Comparison {
  images_compared: number;
  sets_differ: boolean;
  labels_differ_on: number;
  models: ComparedModel[];
  /** The most different first. */
  images: ComparedImage[];
}

export interface ComparisonWish {
  projectId: number;
  modelIds: readonly number[];
  split: Split;
  checkpoint: Checkpoint;
  iouPercent: number;
}

export const comparisonQuery = ({ projectId, modelIds, split, checkpoint, iouPercent }: ComparisonWish) =>
  queryOptions({
    queryKey: ["projects", projectId, "compare", modelIds, split, checkpoint, iouPercent],
    queryFn: ({ signal }) =>
      api.get<Comparison>(`/api/v1/projects/${projectId}/compare`, {
        query: { models: modelIds, split, checkpoint, iou_threshold: iouPercent / 100 },
        signal,
      }),
    placeholderData: (old) => old,
  });
