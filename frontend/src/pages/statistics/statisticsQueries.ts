import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Checkpoint, Split } from "../../api/types.ts";

/** A figure is null where it is not defined; the reason then stands in `undefined_reason`. */
export interface LabelStatistics {
  label: string;
  count: number;
  threshold: number;
  accuracy: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  ap_at_iou: number | null;
}

export interface Statistics {
  images: number;
  global: {
    accuracy: number | null;
    precision: number | null;
    recall: number | null;
    f1: number | null;
    map: number | null;
    ap50: number | null;
    map_at_iou: number | null;
  };
  labels: LabelStatistics[];
  saved: Record<Checkpoint, { step: number; elapsed_s: number; at: string } | null>;
}

export const statisticsQuery = (modelId: number, split: Split, checkpoint: Checkpoint, iouPercent: number) =>
  queryOptions({
    queryKey: ["models", modelId, "statistics", checkpoint, split, iouPercent],
    queryFn: () =>
      api.get<Statistics>(`/api/v1/models/${modelId}/statistics`, {
        query: { split, checkpoint, iou_threshold: iouPercent / 100 },
      }),
    placeholderData: (old) => old,
  });
